"""What a client may send, over WebSocket or HTTP, as typed frames."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from gateway import ratings
from gateway.channels import accounts
from gateway.errors import BadRequest, NotFound
from gateway.inbox import Ack, receive_choice, receive_file, receive_text
from gateway.services import Services
from gateway.web import uploads

ClientMsgId = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[\w.:-]+$")]


class _Frame(BaseModel):
    model_config = ConfigDict(extra="ignore")


class Hello(_Frame):
    type: Literal["hello"]
    token: str
    last_seq: int = Field(0, ge=0)


class TextMessage(_Frame):
    type: Literal["message"]
    client_msg_id: ClientMsgId
    text: str


class Choose(_Frame):
    type: Literal["choose"]
    client_msg_id: ClientMsgId
    button: str = Field(max_length=64)


class SendFile(_Frame):
    type: Literal["file"]
    client_msg_id: ClientMsgId
    file: str = Field(max_length=64)


class Rate(_Frame):
    type: Literal["rate"]
    client_msg_id: ClientMsgId | None = None
    score: int = Field(ge=1, le=5)
    text: str = Field("", max_length=500)


class Read(_Frame):
    type: Literal["read"]
    seq: int = Field(0, ge=0)


class Typing(_Frame):
    type: Literal["typing"]


class Ping(_Frame):
    type: Literal["ping"]


Frame = Annotated[
    Hello | TextMessage | Choose | SendFile | Rate | Read | Typing | Ping, Field(discriminator="type")
]
_ADAPTER: TypeAdapter[Frame] = TypeAdapter(Frame)


def parse(raw: Any) -> Frame:
    """A frame from decoded JSON; BadRequest when it is none of the protocol's."""
    try:
        return _ADAPTER.validate_python(raw)
    except ValidationError as error:
        raise BadRequest() from error


async def receive(services: Services, conversation_id: Any, frame: Frame, address: str) -> Ack | None:
    """Store what a frame brings; None for frames that are not messages."""
    match frame:
        case TextMessage():
            return await receive_text(services, conversation_id, frame.client_msg_id, frame.text, address)
        case Choose():
            return await receive_choice(services, conversation_id, frame.client_msg_id, frame.button, address)
        case SendFile():
            file = await uploads.describe(services, conversation_id, frame.file)
            if file is None:
                raise NotFound()
            return await receive_file(services, conversation_id, frame.client_msg_id, file, address)
        case Rate():
            await ratings.rate(services, conversation_id, frame.score, frame.text)
        case Read():
            await accounts.read(services, conversation_id, frame.seq)
    return None
