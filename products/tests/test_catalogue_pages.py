"""The pages of the catalogue: who reads, who edits, what forms refuse, and how many statements they cost."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.actors import system_actor
from orgchart.models import Person
from orgchart.tests.factories import PersonFactory, person_with
from products.loading import load_faults, load_service_codes
from products.models import FaultCode, Manufacturer, ModelPart, ProductModel, ServiceCode
from products.services import catalogue as services
from products.services.catalogue import CodeValues, FaultValues
from products.tests import factories
from products.tests.conftest import SignedIn
from products.tests.factories import Counter

pytestmark = pytest.mark.django_db
SYSTEM = system_actor("test")
FORMS = re.compile(r'href="(/catalogue/[^"]*/(?:edit|new|copy|causes|remedies|retire|delete)/[^"]*)"')
LISTS = ["", "models/", "makers/", "faults/", "codes/", "?q=pm", "models/?q=qh", "faults/?q=pm"]
BUDGETS = {
    "": 9, "models/": 8, "makers/": 6, "faults/": 8, "codes/": 9, "?q=pm": 9, "models/?q=qh": 8, "faults/?q=pm": 10,
}  # fmt: skip


@pytest.fixture
def lead(counter: Counter) -> Person:
    return person_with("tech_lead", counter.org.near.tech, name="技术组长一")


@pytest.fixture
def loaded(db: None) -> None:
    load_faults(actor=SYSTEM)
    load_service_codes(actor=SYSTEM)


def fill(first: int, last: int) -> None:
    """Makers, models with parts, own faults, causes and remedies, numbered from `first` to before `last`."""
    official = FaultCode.objects.get(code="F02")
    for number in range(first, last):
        services.ensure_model(
            actor=SYSTEM,
            code=f"Q{number}",
            name=f"青禾 Q{number}",
            maker=f"青禾{number}",
            tacs=[f"8601{number:04d}"],
        )
        model = ProductModel.objects.get(code=f"Q{number}")
        ModelPart.objects.create(model=model, component="host", code="LCD", name="屏幕")
        services.add_fault(actor=SYSTEM, values=FaultValues("host", f"屏幕{number}", parent=official))
        cause = services.add_code(
            actor=SYSTEM, kind="cause", values=CodeValues(f"屏幕因{number}", faults=[official])
        )
        services.add_code(actor=SYSTEM, kind="remedy", values=CodeValues(f"屏幕法{number}", causes=[cause]))


def statements(client: Client, address: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(f"/catalogue/{address}").status_code == 200
    return len(captured)


def every_page() -> list[str]:
    model, maker = ProductModel.objects.order_by("pk")[0], Manufacturer.objects.order_by("pk")[0]
    fault, code = FaultCode.objects.get(code="F02"), ServiceCode.objects.get(code="K010")
    return [*LISTS, f"models/{model.pk}/", f"makers/{maker.pk}/", f"faults/{fault.pk}/", f"codes/{code.pk}/"]


def test_every_page_costs_the_same_at_two_sizes(counter: Counter, loaded: None, signed_in: SignedIn) -> None:
    fill(1, 3)
    client, pages = signed_in(counter.agent), every_page()
    small = {address: statements(client, address) for address in pages}
    fill(3, 40)
    assert {address: statements(client, address) for address in pages} == small
    assert {address: small[address] for address in LISTS} == BUDGETS
    assert max(small.values()) <= 10


def test_an_agent_reads_every_page_without_a_button_that_edits(
    counter: Counter, loaded: None, signed_in: SignedIn
) -> None:
    fill(1, 2)
    client = signed_in(counter.agent)
    for address in every_page():
        page = client.get(f"/catalogue/{address}")
        assert page.status_code == 200
        assert FORMS.findall(page.content.decode()) == []


def test_a_technical_leader_sees_the_buttons(loaded: None, lead: Person, signed_in: SignedIn) -> None:
    fill(1, 2)
    page = signed_in(lead).get(f"/catalogue/models/{ProductModel.objects.get().pk}/").content.decode()
    assert "/edit/" in page
    assert "/parts/new/" in page
    assert "/retire/" in page


def test_somebody_without_posts_is_refused_and_does_not_see_the_entry(
    loaded: None, signed_in: SignedIn
) -> None:
    client = signed_in(PersonFactory())
    assert client.get("/catalogue/").status_code == 403
    assert client.get("/catalogue/faults/").status_code == 403
    assert "/catalogue/" not in client.get("/me/").content.decode()


@pytest.mark.parametrize(
    "address", ["models/new/", "makers/new/", "faults/new/", "codes/new/cause/", "codes/new/remedy/"]
)
def test_forms_are_refused_without_the_grant_and_open_with_it(
    counter: Counter, lead: Person, loaded: None, signed_in: SignedIn, address: str
) -> None:
    assert signed_in(counter.agent).get(f"/catalogue/{address}").status_code == 403
    assert signed_in(counter.agent).post(f"/catalogue/{address}", {}).status_code == 403
    assert signed_in(lead).get(f"/catalogue/{address}").status_code == 200


@pytest.mark.parametrize(
    "address", ["models/99/", "makers/99/", "faults/9999/", "codes/9999/", "codes/new/fault/"]
)
def test_what_is_not_there_is_not_found(lead: Person, signed_in: SignedIn, address: str) -> None:
    assert signed_in(lead).get(f"/catalogue/{address}").status_code == 404


def test_a_model_is_added_and_a_tac_of_another_one_is_refused_at_its_field(
    lead: Person, signed_in: SignedIn
) -> None:
    client, maker = signed_in(lead), factories.maker()
    given = {
        "code": "x9",
        "name": "星河 X9",
        "maker": maker.pk,
        "category": "phone",
        "tacs": "86012345，86012346",
    }
    answer = client.post("/catalogue/models/new/", given)
    row = ProductModel.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/catalogue/models/{row.pk}/")
    assert (row.code, row.tacs) == ("X9", ["86012345", "86012346"])
    answer = client.post("/catalogue/models/new/", {**given, "code": "X10", "name": "星河 X10"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert 'id="id_tacs_error"' in page
    assert "belongs to the model" in page
    assert 'value="星河 X10"' in page


def test_somebody_elses_change_is_shown_beside_what_was_typed(lead: Person, signed_in: SignedIn) -> None:
    client, maker = signed_in(lead), factories.maker()
    address = f"/catalogue/makers/{maker.pk}/edit/"
    given = {"code": "QH", "name": "青禾", "name_en": "Qinghe", "version": 1}
    assert client.post(address, given).status_code == 302
    answer = client.post(address, {**given, "name": "青苗"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert '<td data-label="There now">青禾</td><td data-label="What you typed">青苗</td>' in page
    assert 'name="version" value="2"' in page
    assert client.post(address, {**given, "name": "青苗", "version": 2}).status_code == 302
    assert Manufacturer.objects.get().name == "青苗"


def test_an_official_fault_has_no_form_that_renames_it(
    loaded: None, lead: Person, signed_in: SignedIn
) -> None:
    client, fault = signed_in(lead), FaultCode.objects.get(code="F02")
    assert (
        f"/catalogue/faults/{fault.pk}/edit/"
        not in client.get(f"/catalogue/faults/{fault.pk}/").content.decode()
    )
    given = {"component": "host", "name": "别的", "version": 1}
    answer = client.post(f"/catalogue/faults/{fault.pk}/edit/", given)
    assert answer.status_code == 409
    assert "wording of the official list" in answer.content.decode()


def test_retiring_asks_first_and_restoring_brings_it_back(
    loaded: None, lead: Person, signed_in: SignedIn
) -> None:
    client, fault = signed_in(lead), FaultCode.objects.get(code="F04")
    address = f"/catalogue/faults/{fault.pk}/"
    assert client.get(f"{address}retire/").status_code == 200
    assert FaultCode.objects.get(code="F04").is_active
    assert client.post(f"{address}retire/", {"version": 1}).status_code == 302
    assert f"{address}restore/" in client.get(address).content.decode()
    assert client.post(f"{address}restore/", {"version": 2}).status_code == 302
    assert FaultCode.objects.get(code="F04").is_active


def test_what_is_in_use_is_not_deleted_and_the_page_says_so(
    counter: Counter, lead: Person, signed_in: SignedIn
) -> None:
    model = factories.device(counter.customer).model
    answer = signed_in(lead).post(f"/catalogue/models/{model.pk}/delete/", {"version": 1})
    assert answer.status_code == 409
    assert "Retire it instead" in answer.content.decode()
    answer = signed_in(lead).post(f"/catalogue/models/{factories.product('Z').pk}/delete/", {"version": 1})
    assert answer["Location"] == "/catalogue/models/"


def test_the_tree_marks_hits_and_tells_official_from_own_by_a_word(
    counter: Counter, loaded: None, signed_in: SignedIn
) -> None:
    fill(1, 2)
    client = signed_in(counter.agent)
    Person.objects.filter(pk=counter.agent.pk).update(language="zh-hans")
    page = client.get("/catalogue/faults/?q=pm").content.decode()
    assert "<mark>屏幕</mark>无显示" in page
    assert "mark-blue" in page
    assert "mark-purple" in page
    assert "无振铃" not in page


def test_empty_pages_say_what_to_do(counter: Counter, signed_in: SignedIn) -> None:
    client = signed_in(counter.agent)
    for address, words in (
        ("", "No manufacturer yet"), ("models/", "No model fits"), ("faults/", "Nothing in the tree fits"),
        ("codes/", "No cause or remedy fits"), ("?q=zzz", "Nothing in the catalogue fits"),
    ):  # fmt: skip
        assert words in client.get(f"/catalogue/{address}").content.decode()


@pytest.mark.parametrize(
    "address", ["models/?page=x&maker=1&category=z&active=9", "faults/?component=x&model=x", "codes/?kind=x"]
)
def test_nonsense_in_the_address_is_no_error(
    counter: Counter, loaded: None, signed_in: SignedIn, address: str
) -> None:
    assert signed_in(counter.agent).get(f"/catalogue/{address}").status_code == 200
