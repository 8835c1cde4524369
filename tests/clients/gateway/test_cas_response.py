import json

from clients.gateway import cas_response
from tests.clients.gateway.conftest import NAMES, parse


def test_a_success_names_the_user_and_what_is_told_of_them() -> None:
    text = cas_response.success(cas_response.XML, "u<1>&", {"name": "张 & 伟", "roles": ["a", "b"]})
    tree = parse(text)
    assert tree.tag == "{http://www.yale.edu/tp/cas}serviceResponse"
    found = tree.find("cas:authenticationSuccess", NAMES)
    assert found is not None
    assert found.findtext("cas:user", namespaces=NAMES) == "u<1>&"
    assert found.findtext("cas:attributes/cas:name", namespaces=NAMES) == "张 & 伟"
    assert [one.text for one in found.findall("cas:attributes/cas:roles", NAMES)] == ["a", "b"]


def test_the_older_answer_has_no_attributes() -> None:
    tree = parse(cas_response.success(cas_response.XML, "u", None))
    assert tree.find(".//cas:attributes", NAMES) is None


def test_a_failure_has_its_code_and_no_markup_of_others() -> None:
    text = cas_response.failure(cas_response.XML, cas_response.INVALID_TICKET, "</x> \x00 'no'")
    found = parse(text).find("cas:authenticationFailure", NAMES)
    assert found is not None
    assert found.get("code") == "INVALID_TICKET"
    assert found.text == "</x>  'no'"


def test_the_same_in_json() -> None:
    told = json.loads(cas_response.success(cas_response.JSON, "u", {"name": "张伟"}))
    assert told == {
        "serviceResponse": {"authenticationSuccess": {"user": "u", "attributes": {"name": "张伟"}}}
    }
    failed = json.loads(cas_response.failure(cas_response.JSON, "INVALID_TICKET", "no"))
    assert failed["serviceResponse"]["authenticationFailure"] == {
        "code": "INVALID_TICKET",
        "description": "no",
    }


def test_values_that_are_no_texts_are_told_as_json() -> None:
    tree = parse(cas_response.success(cas_response.XML, "u", {"address": {"country": "CN"}}))
    assert tree.findtext(".//cas:address", namespaces=NAMES) == '{"country": "CN"}'
