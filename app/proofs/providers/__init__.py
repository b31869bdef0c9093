"""Face checks by name: our own two, or an entry point of `pingzheng.face_checks`."""

from collections.abc import Callable

from app.config import Settings
from app.core.plugins import load_plugin
from app.core.settings import settings
from app.proofs.face import FaceCheck
from app.proofs.providers.http import HttpFaceCheck
from app.proofs.providers.stub import StubFaceCheckProvider

FaceCheckMaker = Callable[[Settings], FaceCheck]

BUILTIN: dict[str, FaceCheckMaker] = {"stub": StubFaceCheckProvider, "http": HttpFaceCheck}


def face_check() -> FaceCheck:
    return load_plugin("pingzheng.face_checks", settings.face_check, BUILTIN)(settings)
