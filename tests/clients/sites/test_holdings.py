from clients.sites import holdings
from clients.sites.holdings import Holdings


def test_what_is_kept_is_found_under_its_person() -> None:
    held = Holdings()
    held.keep("s", "phone_number", "+86138", 100)
    assert held.find("s", "phone_number") == "+86138"
    assert held.find("other", "phone_number") is None
    assert held.find("s", "name") is None
    held.delete("s", "phone_number")
    assert held.find("s", "phone_number") is None
    assert held.when_taken_back("s", "phone_number") is None


def test_what_is_taken_back_is_gone_and_known_to_be() -> None:
    held = Holdings()
    held.keep("s", "phone_number", "+86138", 100)
    held.take_back("s", ["phone_number"], 150)
    assert held.find("s", "phone_number") is None
    assert held.when_taken_back("s", "phone_number") == 150
    held.keep("s", "phone_number", "+86138", 140)
    assert held.find("s", "phone_number") is None
    held.keep("s", "phone_number", "+86138", 200)
    assert held.find("s", "phone_number") == "+86138"
    assert held.when_taken_back("s", "phone_number") is None


def test_a_word_that_comes_late_takes_nothing_given_since() -> None:
    held = Holdings()
    held.keep("s", "phone_number", "+86138", 200)
    held.take_back("s", ["phone_number"], 150)
    assert held.find("s", "phone_number") == "+86138"
    assert held.delete_all("s", 150) == 0
    assert held.delete_all("s", 200) == 1
    assert held.find("s", "phone_number") is None


def test_it_is_bounded() -> None:
    held = Holdings()
    for number in range(holdings._MAX_PEOPLE + 5):
        held.keep(str(number), "phone_number", "x", 1)
    assert len(held._people) == holdings._MAX_PEOPLE
    assert held.find("0", "phone_number") is None
