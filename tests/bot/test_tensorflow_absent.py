"""The stand-ins: importing works, using says what is missing."""

from __future__ import annotations

import subprocess
import sys

import pytest

from bot.tensorflow_absent import TensorFlowAbsentError, install


def test_what_rasa_writes_with_tensorflow_can_be_imported() -> None:
    install()
    import tensorflow as tf
    from tensorflow.keras.utils import Sequence

    class Layer(tf.keras.layers.Layer):  # type: ignore[misc]
        @tf.function(experimental_relax_shapes=True)
        def call(self, given: tf.Tensor | tf.RaggedTensor) -> dict[str, tf.Tensor]:
            return {"given": given}

    class Batches(Sequence):  # type: ignore[misc]
        pass

    for kind in (Layer, Batches):
        with pytest.raises(TensorFlowAbsentError, match=rf"{kind.__name__} needs TensorFlow.*config\.yml"):
            kind()


def test_a_component_that_needs_tensorflow_says_so() -> None:
    from rasa.utils.tensorflow.models import RasaModel

    with pytest.raises(TensorFlowAbsentError, match="RasaModel needs TensorFlow"):
        RasaModel()


def test_tensorflow_is_not_installed_and_rasa_starts_without_it() -> None:
    code = (
        "from bot.tensorflow_absent import install; install(); install()\n"
        "import sys, rasa.core.agent, tensorflow\n"
        "assert tensorflow.__version__ == '0.0.0', 'TensorFlow is installed after all'\n"
        "assert sum(type(f).__name__ == '_AbsentFinder' for f in sys.meta_path) == 1\n"
    )
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
