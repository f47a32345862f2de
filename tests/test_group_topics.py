"""A group's topics: the list that sign-ups choose from, which its admins grow."""

from tests.community import Community
from tests.documents import SET_GROUP_TOPICS, SIGN_UP, UPDATE_SIGN_UP, WITHDRAW_SIGN_UP
from tests.test_sign_ups import answers, of

OWN_TOPICS = "query($id: ID!) { program(id: $id) { admin { ownTopics } } }"


async def test_a_topic_is_spelled_as_the_group_spells_it_and_others_are_peoples_own(community: Community) -> None:
    """Whoever sends what came to mind, as clients always could, is taken at the word."""
    ada, maya = await community.people("Ada", "Maya")
    group_id = await community.group(ada, maya, topics=["Soap", "Pricing"])
    program_id = await community.program(ada, group_id)
    await maya.do(SIGN_UP, input=answers(program_id, topics=["PRICING", "straße", "soap"]))
    assert (await of(maya))[0]["topics"] == ["Pricing", "straße", "Soap"]


async def test_the_admin_sees_what_people_add_grows_the_list_and_may_close_it(community: Community) -> None:
    ada, maya, tom = await community.people("Ada", "Maya", "Tom")
    group_id = await community.group(ada, maya, tom, topics=["Soap"])
    program_id = await community.program(ada, group_id)
    offer = await community.sign_up(maya, program_id, "MENTOR", topics=["wholesale", "soap", "Markets"])
    seek = await community.sign_up(tom, program_id, "MENTEE", topics=["markets"])
    assert (await ada.do(OWN_TOPICS, id=program_id))["admin"]["ownTopics"] in (
        ["Markets", "wholesale"],
        ["markets", "wholesale"],
    )
    given = {"groupId": group_id, "topics": ["Soap", "Markets", "markets"], "closed": True}
    group = (await ada.do(SET_GROUP_TOPICS, input=given))["group"]
    assert (group["topics"], group["topicsClosed"]) == (["Soap", "Markets"], True)
    assert (await ada.do(OWN_TOPICS, id=program_id))["admin"]["ownTopics"] == ["wholesale"]
    assert (await of(maya))[0]["topics"] == ["wholesale", "Soap", "Markets"], "what was chosen before stays"
    async with community.nothing_changes():
        for topics in (["Soap", "scents"], ["Soap", "pricing"]):
            error = await maya.refused(UPDATE_SIGN_UP, input={"signUpId": offer, "topics": topics})
            assert (error["code"], error["path"]) == ("INVALID_INPUT", ["input", "topics", "1"])
            assert "Soap, Markets" in error["message"]
    await maya.do(UPDATE_SIGN_UP, input={"signUpId": offer, "topics": ["WHOLESALE", "MARKETS"], "goals": "To sell."})
    assert (await of(maya))[0]["topics"] == ["wholesale", "Markets"], "a client may send again what it was told"
    await maya.do(UPDATE_SIGN_UP, input={"signUpId": offer, "topics": ["MARKETS"]})
    await tom.do(WITHDRAW_SIGN_UP, input={"signUpId": seek})
    assert (await ada.do(OWN_TOPICS, id=program_id))["admin"]["ownTopics"] == []

    group = (await ada.do(SET_GROUP_TOPICS, input={"groupId": group_id, "topics": ["Soap"]}))["group"]
    assert group["topicsClosed"], "it stays closed until somebody says otherwise"
    await ada.do(SET_GROUP_TOPICS, input={"groupId": group_id, "topics": [], "closed": False})
    await tom.do(SIGN_UP, input=answers(program_id, role="MENTEE", topics=["anything"]))


async def test_only_an_admin_sets_topics_and_what_cannot_be_is_refused(community: Community) -> None:
    ada, maya = await community.people("Ada", "Maya")
    group_id = await community.group(ada, maya)
    given = {"groupId": group_id, "topics": ["soap"]}
    wrong = [
        ({"topics": [], "closed": True}, ["input", "topics"]),
        ({"topics": [f"topic {number}" for number in range(51)]}, ["input", "topics"]),
        ({"topics": ["soap", " "]}, ["input", "topics", "1"]),
    ]
    async with community.nothing_changes():
        error = await maya.refused(SET_GROUP_TOPICS, input=given)
        assert (error["code"], error["path"]) == ("FORBIDDEN", ["input", "groupId"])
        assert (await community.nobody.refused(SET_GROUP_TOPICS, input=given))["code"] == "UNAUTHENTICATED"
        assert (await ada.refused(SET_GROUP_TOPICS, input=given | {"groupId": "garbage"}))["code"] == "NOT_FOUND"
        for changes, path in wrong:
            error = await ada.refused(SET_GROUP_TOPICS, input=given | changes)
            assert (error["code"], error["path"]) == ("INVALID_INPUT", path)
