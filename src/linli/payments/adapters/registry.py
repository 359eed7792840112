"""The gateways of this site by name. Each adapter says of itself whether it is set up (`set_up`), and nothing else knows its name."""

from linli.core.refusal import NamedRefusal
from linli.payments.adapters import sandbox
from linli.payments.types import Gateway

ADAPTERS = (sandbox,)


class NoSuchGateway(NamedRefusal):
    """No gateway of this name is set up on this site."""

    code = "no_such_gateway"


def gateway(name: str) -> Gateway:
    """The gateway of a name. Raises NoSuchGateway."""
    for known in _gateways():
        if known.name == name:
            return known
    raise NoSuchGateway


def gateway_names() -> list[str]:
    """The gateways that are set up on this site, the one that pages offer first."""
    return [known.name for known in _gateways()]


def first_gateway() -> str:
    """The name of the gateway that takes and pays out when nobody chooses. Raises NoSuchGateway."""
    for known in _gateways():
        return known.name
    raise NoSuchGateway


def _gateways() -> list[Gateway]:
    return [made for adapter in ADAPTERS if (made := adapter.set_up())]
