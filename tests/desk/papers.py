"""What the tests of casework need: papers and complaints of customers, letters read, notices left."""

from __future__ import annotations

import io
import uuid

from pypdf import PdfReader
from sqlalchemy import select

from gateway.services import Services
from gateway.web import uploads
from records import documents
from records.complaint_steps import create_complaint
from records.complaints import ComplaintCategory
from records.notices import Notice, notices_of
from records.requests import ServiceRequest
from tests.desk.conftest import Specialist
from tests.gateway.conftest import ROOT

PNG = (ROOT / "tests" / "gateway" / "pictures" / "screenshot.png").read_bytes()


async def paper_for(services: Services, number: str, name: str = "身份证.png") -> uuid.UUID:
    """A photo the customer sent for this request."""
    sha256 = "ab" * 32
    path = uploads.path_of(services, sha256)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(PNG)
    async with services.sessions.begin() as session:
        request = (await session.scalars(select(ServiceRequest).where(ServiceRequest.number == number))).one()
        sent = await documents.register(
            session,
            sha256=sha256,
            size=len(PNG),
            media_type="image/png",
            name=name,
            request_id=request.id,
            now=services.clock(),
        )
        return sent.id


async def letter(who: Specialist, path: str) -> str:
    """What a PDF of the desk says, without blanks; its font must be inside."""
    async with who.web.get(path) as response:
        assert response.status == 200, await response.text()
        assert response.content_type == "application/pdf"
        read = PdfReader(io.BytesIO(await response.read()))
    fonts = [font.get_object() for page in read.pages for font in page["/Resources"]["/Font"].values()]
    assert fonts
    for font in fonts:
        described = font["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        assert {"/FontFile2", "/FontFile3"} & set(described), "the font is not inside"
    return "".join("".join(page.extract_text().replace("\0", "").split()) for page in read.pages)


async def told(services: Services, number: str) -> list[Notice]:
    """What the customer was or will be told about a case."""
    async with services.sessions() as session:
        return await notices_of(session, number)


async def raised(services: Services, customer: str) -> str:
    """The number of a fresh complaint of this customer about their premium."""
    async with services.sessions.begin() as session:
        raised = await create_complaint(
            session,
            category=ComplaintCategory.PREMIUM_COLLECTION,
            facts="又扣了一次",
            customer_id=customer,
            answer_days=services.settings.complaint_days,
            now=services.clock(),
        )
        return raised.number
