"""The customer file and its forms: who sees them, what they show, refuse and cost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core.models import AuditEvent
from customers.models import Customer, CustomerChange, PrivacyNotice
from customers.tests import factories
from customers.tests.factories import Office
from orgchart.scope import today

NUMBER, OTHER = "13800138000", "13900139000"
FILE_STATEMENTS, CARE_STATEMENTS = 12, 7


@pytest.fixture
def office(db: None, settings: Any) -> Office:
    settings.MFA_REQUIRED = False
    return factories.office()


@pytest.fixture
def file(office: Office) -> Customer:
    return factories.customer(office.centre, "张三丰", NUMBER, email="zhang@example.com")


def page(office: Office, file: Customer, who: str = "agent", path: str = "") -> str:
    answer = office.browser(who).get(f"/customers/{file.pk}/{path}")
    assert answer.status_code == 200
    return str(answer.content.decode())


# -- the page ----------------------------------------------------------------------------------------------------------


def test_the_file_is_masked(office: Office, file: Customer) -> None:
    text = page(office, file)
    assert "张*丰" in text
    assert "138****8000" in text
    assert "z***@example.com" in text
    for plain in ("张三丰", NUMBER, "zhang@"):
        assert plain not in text


def test_empty_states_say_so(office: Office, file: Customer) -> None:
    PrivacyNotice.objects.all().delete()
    text = page(office, file)
    for words in (
        "No address on file.", "Nothing was promised.", "No call is planned", "Nothing was corrected yet.",
        "No privacy notice is in force",
    ):  # fmt: skip
        assert words in text


def test_everything_stands_on_one_page(office: Office, file: Customer) -> None:
    factories.phone(file, "057187654321", extension="801", relation="妻子")
    factories.phone(file, "13700137000", is_active=False)
    factories.address(file)
    factories.consent(file, "survey")
    factories.promise(file, office.agent, days=-1, text="周五前回电")
    factories.care_call(file, office.mate, kind="regular", interval_days=30)
    text = page(office, file)
    for words in (
        "0571-****4321", "ext. 801", "of 妻子", "out of use", "浙江省杭州市余杭区", "周五前回电", "overdue",
        "every 30 days", "Next call on", "agreed",
    ):  # fmt: skip
        assert words in text
    assert "文一西路" not in text


def test_the_history_is_masked(office: Office, file: Customer) -> None:
    CustomerChange.objects.bulk_create(
        CustomerChange(customer=file, field=field, old=old, new=new, changed_by=office.agent)
        for field, old, new in (
            ("name", "张三疯", "张三丰"), ("phone", "139 0013 9001", "138 0013 8000"),
            ("address", "浙江省杭州市余杭区文一西路 1 号", ""), ("unheard_of", "秘密", "更多秘密"),
        )
    )  # fmt: skip
    text = page(office, file)
    assert "139****9001" in text
    for plain in ("张三疯", "13900139001", "139 0013 9001", "文一西路", "秘密"):
        assert plain not in text


def test_another_centre_gets_404_and_an_engineer_sees_it_through_a_case(
    office: Office, file: Customer
) -> None:
    path = f"/customers/{file.pk}/"
    assert office.browser("stranger").get(path).status_code == 404
    assert office.browser("engineer").get(path).status_code == 404
    with factories.seen_by_record(office.engineer, file):
        text = page(office, file, "engineer")
    assert "138****8000" in text
    assert "Correct the file" not in text


def test_the_manager_and_the_department_read_the_file(office: Office, file: Customer) -> None:
    assert "张*丰" in page(office, file, "manager")
    assert "张*丰" in page(office, file, "head")


def test_a_merged_file_leads_to_the_kept_one(office: Office, file: Customer) -> None:
    kept = factories.customer(office.centre)
    Customer.objects.filter(pk=file.pk).update(merged_into=kept)
    answer = office.browser().get(f"/customers/{file.pk}/", follow=True)
    assert answer.redirect_chain == [(f"/customers/{kept.pk}/", 302)]
    assert f"File #{file.pk} was merged into this one." in answer.content.decode()


def test_an_erased_file_says_so(office: Office, file: Customer) -> None:
    Customer.objects.filter(pk=file.pk).update(erased_at="2026-01-02T00:00Z", name="", email="")
    text = page(office, file)
    assert "erased on 2026-01-02" in text
    assert "Correct the file" not in text


@pytest.mark.parametrize("rows", [1, 25])
def test_the_page_costs_the_same_whatever_stands_in_it(
    office: Office, file: Customer, rows: int, django_assert_num_queries: Any
) -> None:
    for _row in range(rows):
        factories.phone(file)
        factories.address(file)
        factories.promise(file, office.agent)
        factories.care_call(file, office.agent)
        CustomerChange.objects.create(customer=file, field="kind", old="person", new="dealer")
    browser = office.browser()
    browser.get(f"/customers/{file.pk}/")
    with django_assert_num_queries(FILE_STATEMENTS):
        browser.get(f"/customers/{file.pk}/")


# -- forms -------------------------------------------------------------------------------------------------------------


def post(office: Office, file: Customer, path: str, who: str = "agent", **data: Any) -> Any:
    return office.browser(who).post(f"/customers/{file.pk}/{path}", data)


_CORRECTION = {
    "name": "", "kind": "person", "email": "", "language": "zh-hans", "province_code": "", "preferred_channel": "any",
    "preference_note": "",
}  # fmt: skip


def test_a_correction_keeps_what_was_left_empty(office: Office, file: Customer) -> None:
    answer = post(office, file, "correct/", **{**_CORRECTION, "kind": "dealer", "version": 1})
    assert answer.status_code == 302
    file.refresh_from_db()
    assert (file.name, file.email, file.kind) == ("张三丰", "zhang@example.com", "dealer")


def test_a_form_shows_nothing_in_full(office: Office, file: Customer) -> None:
    phone, address = file.phones.get(), factories.address(file)
    for path in ("correct/", f"phones/{phone.pk}/correct/", f"addresses/{address.pk}/correct/"):
        text = page(office, file, path=path)
        for plain in ("张三丰", NUMBER, "zhang@", "文一西路"):
            assert plain not in text


def test_the_mail_address_is_taken_out_on_demand(office: Office, file: Customer) -> None:
    post(office, file, "correct/", **{**_CORRECTION, "no_email": "on", "version": 1})
    file.refresh_from_db()
    assert file.email == ""


def test_a_stale_form_shows_what_is_there_now_and_can_be_saved_again(office: Office, file: Customer) -> None:
    first = {**_CORRECTION, "kind": "dealer", "version": 1}
    post(office, file, "correct/", "mate", **first)
    answer = post(office, file, "correct/", **{**_CORRECTION, "name": "李四", "version": 1})
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "Somebody changed this in the meantime" in text
    assert "Dealer" in text
    assert 'name="version" value="2"' in text
    assert "张三丰" not in text
    assert post(office, file, "correct/", **{**_CORRECTION, "name": "李四", "version": 2}).status_code == 302


def test_a_refusal_stands_at_its_field(office: Office, file: Customer) -> None:
    answer = post(office, file, "phones/new/", number="138 0013 8000")
    assert answer.status_code == 422
    assert "This number stands in the file already." in answer.content.decode()
    unreachable = {**_CORRECTION, "no_email": "on", "preferred_channel": "email", "version": 1}
    answer = post(office, file, "correct/", **unreachable)
    assert answer.status_code == 422


_FORMS = ("correct/", "phones/new/", "addresses/new/", "promises/new/", "care/new/", "consents/new/")


@pytest.mark.parametrize("path", _FORMS)
def test_forms_are_for_whoever_may_write(office: Office, file: Customer, path: str) -> None:
    address = f"/customers/{file.pk}/{path}"
    assert office.browser().get(address).status_code == 200
    assert office.browser("stranger").get(address).status_code == 404
    assert office.browser("head").get(address).status_code == 403
    Customer.objects.filter(pk=file.pk).update(erased_at="2026-01-02T00:00Z")
    assert office.browser().get(address).status_code == 409


def test_numbers_are_added_corrected_and_moved_by_buttons(office: Office, file: Customer) -> None:
    assert post(office, file, "phones/new/", number=OTHER, relation="妻子").status_code == 302
    phone = file.phones.get(number=OTHER)
    assert post(office, file, f"phones/{phone.pk}/main/").status_code == 302
    assert post(office, file, f"phones/{phone.pk}/retire/").status_code == 302
    assert "Use again" in page(office, file)
    assert post(office, file, f"phones/{phone.pk}/restore/").status_code == 302
    file.refresh_from_db()
    answer = post(office, file, f"phones/{phone.pk}/correct/", number="13900139001", version=file.version)
    assert answer.status_code == 302
    phone.refresh_from_db()
    assert (phone.number, phone.is_active, phone.relation) == ("13900139001", True, "")
    assert office.browser().get(f"/customers/{file.pk}/phones/{phone.pk}/retire/").status_code == 405
    assert office.browser().get(f"/customers/{file.pk}/phones/0/correct/").status_code == 404


def test_an_address_is_chosen_in_three_steps_without_javascript(office: Office, file: Customer) -> None:
    look = post(office, file, "addresses/new/", province="330000", text="文一西路", look="1")
    assert look.status_code == 200
    text = look.content.decode()
    assert "杭州市" in text
    assert "文一西路" in text
    chosen = {"province": "330000", "city": "330100", "district": "330110"}
    made = post(office, file, "addresses/new/", text="文一西路 1 号", **chosen)
    assert made.status_code == 302
    address = file.addresses.get()
    assert (address.region_code, address.is_main) == ("330110", True)
    file.refresh_from_db()
    chosen |= {"district": "330113", "version": str(file.version)}
    moved = post(office, file, f"addresses/{address.pk}/correct/", **chosen)
    assert moved.status_code == 302
    address.refresh_from_db()
    assert (address.region_code, address.text) == ("330113", "文一西路 1 号")
    assert post(office, file, f"addresses/{address.pk}/remove/").status_code == 302
    assert not file.addresses.exists()


def test_an_address_without_a_region_or_with_one_elsewhere_is_refused(office: Office, file: Customer) -> None:
    assert post(office, file, "addresses/new/", text="某路").status_code == 422
    answer = post(office, file, "addresses/new/", province="110000", city="330100", text="某路")
    assert answer.status_code == 422
    assert not file.addresses.exists()


def test_the_selects_follow_each_other(office: Office) -> None:
    text = office.browser().get("/customers/regions/?province=330000&city=330100").content.decode()
    assert "余杭区" in text
    assert "下城区" not in text
    assert office.browser().get("/customers/regions/?province=x&city=y").status_code == 200


def test_consents_are_recorded_and_withdrawn(office: Office, file: Customer) -> None:
    factories.notice()
    assert post(office, file, "consents/new/", purpose="care").status_code == 302
    assert post(office, file, "consents/new/", purpose="care").status_code == 409
    assert "Planned regular care calls end" in page(office, file, path="consents/care/withdraw/")
    assert post(office, file, "consents/care/withdraw/").status_code == 302
    assert not file.consents.filter(withdrawn_at=None).exists()
    assert office.browser().get(f"/customers/{file.pk}/consents/nothing/withdraw/").status_code == 404


def test_a_promise_is_made_kept_and_opened_again(office: Office, file: Customer) -> None:
    assert post(office, file, "promises/new/", text="回电", due_on=today()).status_code == 302
    promise = file.promises.get()
    assert post(office, file, f"promises/{promise.pk}/keep/", result="已回电").status_code == 302
    assert "Open again" in page(office, file)
    assert post(office, file, f"promises/{promise.pk}/keep/").status_code == 409
    assert post(office, file, f"promises/{promise.pk}/reopen/").status_code == 302
    promise.refresh_from_db()
    assert promise.kept_at is None


def test_a_call_is_planned_made_and_cancelled(office: Office, file: Customer) -> None:
    factories.consent(file)
    plan = {"kind": "regular", "due_on": today(), "interval_days": 30, "caller": office.mate.pk}
    assert post(office, file, "care/new/", **plan).status_code == 302
    call = file.care_calls.get()
    assert call.caller == office.mate
    assert post(office, file, f"care/{call.pk}/result/", result="call_later").status_code == 422
    assert post(office, file, f"care/{call.pk}/result/", result="reached", text="很好").status_code == 302
    following = file.care_calls.get(made_at=None)
    assert following.due_on == today() + timedelta(days=30)
    assert post(office, file, f"care/{following.pk}/cancel/").status_code == 302


def test_a_regular_call_without_consent_says_what_to_do(office: Office, file: Customer) -> None:
    answer = post(office, file, "care/new/", kind="regular", due_on=today(), interval_days=30)
    assert answer.status_code == 422
    assert "did not agree to care calls" in answer.content.decode()


def test_a_stranger_cannot_be_asked_to_call(office: Office, file: Customer) -> None:
    plan = {"kind": "follow_up", "due_on": today(), "caller": office.stranger.pk}
    assert post(office, file, "care/new/", **plan).status_code == 422


# -- a new file --------------------------------------------------------------------------------------------------------


_NEW = {"customer_name": "王小明", "kind": "person", "language": "zh-hans", "phone": "0571-87654321转801"}


def test_a_file_is_opened_in_the_own_centre(office: Office) -> None:
    answer = office.browser().post("/customers/new/", _NEW)
    made = Customer.objects.get(name="王小明")
    assert answer.status_code == 302
    assert answer["Location"] == f"/customers/{made.pk}/"
    assert (made.centre, made.phones.get().extension) == (office.centre, "801")


def test_a_withheld_number_has_to_be_said(office: Office) -> None:
    browser = office.browser()
    assert browser.post("/customers/new/", {**_NEW, "phone": ""}).status_code == 422
    assert browser.post("/customers/new/", {**_NEW, "phone": "123"}).status_code == 422
    assert browser.post("/customers/new/", {**_NEW, "phone": "", "withheld": "on"}).status_code == 302
    assert not Customer.objects.get(name="王小明").phones.exists()


def test_only_who_writes_files_opens_one(office: Office) -> None:
    assert office.browser("head").get("/customers/new/").status_code == 403
    assert office.browser("engineer").post("/customers/new/", _NEW).status_code == 403


def test_no_address_or_trail_holds_what_was_typed(office: Office) -> None:
    answer = office.browser().post("/customers/new/", _NEW)
    assert "8765" not in answer["Location"]
    assert not AuditEvent.objects.filter(changes__icontains="87654321").exists()


# -- what is due -------------------------------------------------------------------------------------------------------


def test_what_is_due_stands_in_sections(office: Office, file: Customer) -> None:
    factories.promise(file, office.agent, days=-3, text="早该回电")
    factories.care_call(file, office.mate, days=0, note="问换屏")
    factories.care_call(file, office.agent, days=5)
    text = office.browser().get("/customers/care/").content.decode()
    places = [text.index(words) for words in (">Overdue", "早该回电", ">Today", "问换屏", ">Later")]
    assert places == sorted(places)
    assert "张三丰" not in text


def test_the_list_can_be_narrowed(office: Office, file: Customer) -> None:
    factories.promise(file, office.agent, text="我的承诺")
    factories.care_call(file, office.mate, note="别人的回访")
    mine = office.browser().get("/customers/care/?whose=mine").content.decode()
    assert "我的承诺" in mine
    assert "别人的回访" not in mine
    calls = office.browser().get("/customers/care/?what=care").content.decode()
    assert "我的承诺" not in calls
    assert office.browser().get("/customers/care/?what=nonsense").status_code == 422


def test_other_centres_and_dead_files_are_left_out(office: Office, file: Customer) -> None:
    factories.promise(file, office.agent, text="近处的承诺")
    gone = factories.customer(office.centre, erased_at="2026-01-02T00:00Z")
    factories.promise(gone, office.agent, text="已删除的承诺")
    factories.promise(
        factories.customer(office.centre), office.agent, text="已办", kept_at="2026-01-02T00:00Z"
    )
    assert "近处的承诺" not in office.browser("stranger").get("/customers/care/").content.decode()
    text = office.browser("manager").get("/customers/care/").content.decode()
    assert "近处的承诺" in text
    assert "已删除的承诺" not in text
    assert "已办" not in text
    assert "Nothing is due" in office.browser("engineer").get("/customers/care/").content.decode()


def test_who_only_reads_gets_no_buttons(office: Office, file: Customer) -> None:
    factories.promise(file, office.agent)
    assert "/keep/" in office.browser().get("/customers/care/").content.decode()
    assert "/keep/" not in office.browser("head").get("/customers/care/").content.decode()


@pytest.mark.parametrize("rows", [1, 25])
def test_the_list_costs_the_same_however_long(
    office: Office, rows: int, django_assert_num_queries: Any
) -> None:
    for _row in range(rows):
        one = factories.customer(office.centre)
        factories.promise(one, office.agent)
        factories.care_call(one, office.mate)
    browser = office.browser()
    browser.get("/customers/care/")
    with django_assert_num_queries(CARE_STATEMENTS):
        browser.get("/customers/care/")
