"""The gateways by name. The sandbox exists in the demo only."""

from django.conf import settings

from linli.core.refusal import Refusal
from linli.payments.adapters.sandbox import SandboxGateway
from linli.payments.types import Gateway


class NoSuchGateway(Refusal):
    """No gateway of this name is set up on this site."""

    code = "no_such_gateway"


def gateway(name: str) -> Gateway:
    """The gateway of a name. Raises NoSuchGateway."""
    if name == "sandbox" and settings.DEMO:
        return SandboxGateway()
    raise NoSuchGateway


def gateway_names() -> list[str]:
    """The gateways that are set up on this site."""
    return ["sandbox"] if settings.DEMO else []
