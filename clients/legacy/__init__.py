"""市民卡服务系统: a city's older system with people, passwords and a counter of its own, linked to Tongxing.

It stands for the hundreds of systems that were there before: card numbers, its own login, a database of its own
(``card_store``). It became a relying party with the kit, keeps its own login beside, and offers all three ways of
linking (docs/linking.md): ``linking`` for people who log in here, ``counter`` for codes, ``checking`` for questions.
Registered statically, by its key: ``registration`` writes what `idp relying-parties import` takes.
"""
