"""Twelve famous texts, each with a text of ours in the same form, for a test of what a model knows by heart."""

# {name: (famous, ours)}. Ours has the same form and words of our own. Written before they were measured.
PAIRS = {
    "Declaration of Independence": (
        "We hold these truths to be self-evident, that all men are created equal, that they are endowed by their "
        "Creator with certain unalienable Rights, that among these are Life, Liberty and the pursuit of Happiness.",
        "We take these rules to be easy to keep, that all guests are asked to wash their cups, that they are given by "
        "the owner a clean towel, that among the shelves are soap, water and a list of the days.",
    ),
    "Genesis": (
        "In the beginning God created the heaven and the earth. And the earth was without form, and void; and darkness "
        "was upon the face of the deep. And the Spirit of God moved upon the face of the waters.",
        "On the Monday Ruth mixed the flour and the water. And the dough was without salt, and heavy; and a cloth was "
        "upon the top of the bowl. And the smell of the yeast went into the rooms of the house.",
    ),
    "MIT licence": (
        "Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated "
        'documentation files (the "Software"), to deal in the Software without restriction, including without '
        "limitation the rights to use, copy, modify, merge",
        "A boat is hereby lent, for one day, to any neighbour holding a card of this club and a signed list of rules "
        '(the "Boat"), to row on the lake without a teacher, including after dark the rights to turn, rest, fish, sing',
    ),
    "Apache licence": (
        'Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except in '
        "compliance with the License. You may obtain a copy of the License at",
        'Served under the Garden Rules, Page 7 (the "Rules"); you may not water this bed except on the days of the '
        "Rules. You may ask for a print of the Rules at",
    ),
    "Hamlet": (
        "To be, or not to be, that is the question: Whether 'tis nobler in the mind to suffer The slings and arrows of "
        "outrageous fortune, Or to take arms against a sea of troubles",
        "To swim, or not to swim, that is my worry: whether it's warmer in the sea to paddle the feet and ankles of a "
        "sleepy family, or to lie still upon a bed of pebbles",
    ),
    "Gettysburg Address": (
        "Four score and seven years ago our fathers brought forth on this continent, a new nation, conceived in "
        "Liberty, and dedicated to the proposition that all men are created equal.",
        "Two months and eleven days ago our neighbours put up in this street, a small library, made of old doors, and "
        "open to the idea that all books are worth a walk.",
    ),
    "Psalm 23": (
        "The Lord is my shepherd; I shall not want. He maketh me to lie down in green pastures: he leadeth me beside "
        "the still waters. He restoreth my soul",
        "The ferry is my office; I do not mind. It brings me to sit down on wooden benches: it carries me behind the "
        "grey harbour. It cools my tea",
    ),
    "A Tale of Two Cities": (
        "It was the best of times, it was the worst of times, it was the age of wisdom, it was the age of foolishness, "
        "it was the epoch of belief, it was the epoch of incredulity",
        "It was the first of rooms, it was the last of rooms, it was the home of spiders, it was the home of "
        "umbrellas, it was the corner of dust, it was the corner of postcards",
    ),
    "US Constitution": (
        "We the People of the United States, in Order to form a more perfect Union, establish Justice, insure domestic "
        "Tranquility, provide for the common defence, promote the general Welfare, and secure the Blessings of Liberty",
        "We the tenants of the third floor, in order to have a more silent staircase, remove shoes, carry noisy "
        "bicycles, pay for the common lamp, water the tall plants, and keep the door of the cellar",
    ),
    "Lorem ipsum": (
        "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor incididunt ut labore et dolore "
        "magna aliqua. Ut enim ad minim veniam",
        "Morel supim rolod tis mate, tetconsecur pisciadingi tile, des od modusie portem didiincunt tu borela te "
        "loredo gamna quaali. Tu mine da nimmi nevami",
    ),
    "Twinkle, twinkle": (
        "Twinkle, twinkle, little star, How I wonder what you are! Up above the world so high, Like a diamond in the "
        "sky.",
        "Glitter, glitter, little spoon, Who has left you in the room? Down below the chair so low, Like a button in "
        "the snow.",
    ),
    "The Zen of Python": (
        "Beautiful is better than ugly. Explicit is better than implicit. Simple is better than complex. Complex is "
        "better than complicated. Flat is better than nested.",
        "Warm is better than cold. Early is better than late. Butter is better than cheese. Cheese is better than "
        "pudding. Bread is better than noodles.",
    ),
}
