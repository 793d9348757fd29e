"""One office for all tests, and an org for each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count

import pytest

from api.container import Endpoints
from api.settings import Settings
from tests.api.invoices.story import BILLING, RATES, SETTINGS
from tests.api.served import LIFTED, OPERATOR_KEY, done, served
from tests.contracts.invoices.mail_server import mail_server
from tests.processes.invoices.office import Office, Org

_numbers = count(1)


@pytest.fixture(scope="package")
def office(
    new_endpoints: Callable[[], Endpoints], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Office]:
    with mail_server() as mail:
        settings = Settings(
            data=tmp_path_factory.mktemp("office"),
            operator_key=OPERATOR_KEY,
            limits=LIFTED,
            smtp_url=mail.url,
        )
        with served(new_endpoints(), settings=settings) as service:
            yield Office(service, settings, mail)


@pytest.fixture
def org(office: Office) -> Org:
    made = Org(office.service.new_admin(), f"ada{next(_numbers)}@example.org")
    seller = {**SETTINGS["seller"], "email": "billing@acme.example"}  # type: ignore[dict-item]
    settings = SETTINGS | {"seller": seller}
    done(made.admin.send(f"{BILLING}/invoice-settings", settings, method="PUT"))
    done(made.admin.send(f"{BILLING}/tax-rates", RATES, method="PUT"))
    made.knows()
    return made
