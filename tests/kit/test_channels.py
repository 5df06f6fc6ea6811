from mulin.kit.channels import BY_THE_PERSON, IN_THEIR_NAME, Channel


def test_a_channel_is_its_word_in_the_database():
    assert Channel("walk_in") is Channel.WALK_IN
    assert f"{Channel.QR}" == "qr"
    assert max(map(len, Channel)) <= 16


def test_every_channel_has_a_label():
    assert [value for value, label in Channel.choices() if str(label)] == list(Channel)
    assert len({str(channel.label) for channel in Channel}) == len(Channel)


def test_by_the_person_or_in_their_name_or_by_a_machine():
    assert not BY_THE_PERSON & IN_THEIR_NAME
    machines = set(Channel) - BY_THE_PERSON - IN_THEIR_NAME
    assert machines == {Channel.API, Channel.IMPORT, Channel.SYSTEM}
    assert Channel.QR.is_by_the_person
    assert not Channel.QR.is_in_their_name
    assert Channel.PHONE.is_in_their_name
    assert not Channel.SYSTEM.is_in_their_name
