"""Who plays what: the hard families by name, in the words of a school office."""

from dataclasses import dataclass

from openhouse.demo.oddities import NO_GIVEN_NAME


@dataclass(frozen=True)
class Child:
    """A student of the cast: grade 0 is TK and 13 is 12th; `days` makes the birth date (0 to 364, more is older)."""

    given: str
    family: str
    sex: str
    grade: int
    days: int = 150
    born: bool = True
    eighteen: bool = False
    ground: str = ""
    left: bool = False


@dataclass(frozen=True)
class Contact:
    """A guardian of the cast, of all children or of those whose places `of` lists. `email`: own, blank, or as given."""

    relation: str
    given: str
    family: str
    legal: str = "true"
    elsewhere: bool = False
    lives_with: str = "true"
    email: str = "own"
    restriction: str = ""
    employed: bool = False
    of: tuple[int, ...] | None = None


@dataclass(frozen=True)
class Family:
    """One household of the cast."""

    language: str
    children: tuple[Child, ...]
    contacts: tuple[Contact, ...]


_LOPEZ_HOME = "familia.lopez.soto@families.example"

BILL: dict[str, tuple[str, tuple[Family, ...]]] = {
    "ordinary": (
        "One student, two parents under one roof.",
        (
            Family(
                "es",
                (Child("Camila", "Ortega", "female", 4),),
                (Contact("mother", "Verónica", "Ortega"), Contact("father", "Raúl", "Ortega")),
            ),
        ),
    ),
    "three_schools": (
        "Brother and sisters at three schools.",
        (
            Family(
                "es",
                (
                    Child("Sofía", "Ramírez Peña", "female", 3),
                    Child("Mateo", "Ramírez Peña", "male", 8),
                    Child("Ximena", "Ramírez Peña", "female", 11),
                ),
                (Contact("mother", "Marisol", "Peña Luna"), Contact("father", "Óscar", "Ramírez Vega")),
            ),
        ),
    ),
    "six_children": (
        "A family of six children, over the limit of four associations.",
        (
            Family(
                "en",
                (
                    Child("Naomi", "Washington", "female", 1),
                    Child("Micah", "Washington", "male", 3),
                    Child("Imani", "Washington", "female", 5),
                    Child("Isaiah", "Washington", "male", 7),
                    Child("Zuri", "Washington", "female", 9),
                    Child("Elijah", "Washington", "male", 12),
                ),
                (Contact("mother", "Denise", "Washington"), Contact("father", "Cedric", "Washington")),
            ),
        ),
    ),
    "two_homes": (
        "Parents who live apart, both legal guardians, the children with both.",
        (
            Family(
                "hy",
                (Child("Ani", "Petrosyan", "female", 2), Child("Davit", "Petrosyan", "male", 5)),
                (Contact("mother", "Lusine", "Grigoryan"), Contact("father", "Armen", "Petrosyan", elsewhere=True)),
            ),
        ),
    ),
    "foster": (
        "A foster parent is the legal guardian; the mother is on file and is not.",
        (
            Family(
                "en",
                (Child("Trinity", "Coleman", "female", 3),),
                (
                    Contact("foster parent", "Margaret", "Holloway"),
                    Contact("mother", "Tamika", "Coleman", legal="false", elsewhere=True, lives_with="false"),
                ),
            ),
        ),
    ),
    "grandparent": (
        "A grandmother is the only legal guardian.",
        (
            Family(
                "es",
                (Child("Emiliano", "Cruz", "male", 6),),
                (Contact("grandmother", "Socorro", "Cruz de León"),),
            ),
        ),
    ),
    "restricted": (
        "One parent may have no contact; the other is a legal guardian like any.",
        (
            Family(
                "es",
                (Child("Valeria", "Soto", "female", 5),),
                (
                    Contact("father", "Gerardo", "Soto", elsewhere=True, lives_with="false", restriction="no contact"),
                    Contact("mother", "Brenda", "Magaña"),
                ),
            ),
        ),
    ),
    "unreadable_restriction": (
        "A restriction in words that no policy can read.",
        (
            Family(
                "ko",
                (Child("Ji-Woo", "Kang", "female", 4),),
                (
                    Contact("father", "Sung-Jin", "Kang", elsewhere=True, restriction="see file 12-B"),
                    Contact("mother", "Soo-Jin", "Yoon"),
                ),
            ),
        ),
    ),
    "employee_parent": (
        "A teacher is mother or father of a student at the school where they teach.",
        (Family("en", (Child("Jordan", "", "other", 2),), (Contact("legal guardian", "", "", employed=True),)),),
    ),
    "shared_email": (
        "Two parents with one email.",
        (
            Family(
                "es",
                (Child("Santiago", "López Soto", "male", 5),),
                (
                    Contact("mother", "Leticia", "Soto Ríos", email=_LOPEZ_HOME),
                    Contact("father", "Arturo", "López Díaz", email=_LOPEZ_HOME),
                ),
            ),
        ),
    ),
    "no_email": (
        "Two guardians, neither with an email on file.",
        (
            Family(
                "vi",
                (Child("Minh Anh", "Nguyễn", "female", 4),),
                (Contact("mother", "Thu Hà", "Lê", email=""), Contact("father", "Quốc", "Nguyễn", email="")),
            ),
        ),
    ),
    "namesake_students": (
        "Two students of one name and one birth date at one school, of two families.",
        (
            Family("es", (Child("José", "García", "male", 3, 77),), (Contact("mother", "Alma", "Castañeda"),)),
            Family("en", (Child("José", "García", "male", 3, 77),), (Contact("father", "Víctor", "García"),)),
        ),
    ),
    "namesake_guardians": (
        "Two guardians of one name, of two families.",
        (
            Family("es", (Child("Regina", "Flores", "female", 6),), (Contact("mother", "María", "Hernández"),)),
            Family("es", (Child("Diego", "Ruiz", "male", 8),), (Contact("mother", "María", "Hernández"),)),
        ),
    ),
    "eighteen_without_ground": (
        "A student of 18; nothing on file lets the parents go on.",
        (
            Family(
                "tl",
                (Child("Angelica", "Dela Cruz", "female", 13, eighteen=True),),
                (Contact("mother", "Marites", "Dela Cruz"),),
            ),
        ),
    ),
    "eighteen_dependent": (
        "A student of 18 who is the parents' dependent.",
        (
            Family(
                "ru",
                (Child("Nikita", "Sokolov", "male", 13, eighteen=True, ground="dependent"),),
                (Contact("mother", "Irina", "Sokolova"), Contact("father", "Pavel", "Sokolov")),
            ),
        ),
    ),
    "withdrawn": (
        "A student who left the district ten days ago.",
        (
            Family(
                "es",
                (Child("Andrés", "Molina", "male", 7, left=True),),
                (Contact("mother", "Rocío", "Molina"),),
            ),
        ),
    ),
    "blank_legal": (
        "Nobody said whether the mother is a legal guardian.",
        (
            Family(
                "fa",
                (Child("Kian", "Tehrani", "male", 5),),
                (Contact("mother", "Shirin", "Karimi", legal=""), Contact("father", "Bijan", "Tehrani")),
            ),
        ),
    ),
    "single_name": (
        "A mother who has one name only.",
        (Family("en", (Child("Dewi", "Wulan", "female", 2),), (Contact("mother", NO_GIVEN_NAME, "Kartini"),)),),
    ),
    "no_guardian": (
        "A student with no guardian on file.",
        (Family("en", (Child("Theodore", "Marsh", "male", 10),), ()),),
    ),
    "twice_recorded": (
        "A mother who stands twice in the SIS, once for each child.",
        (
            Family(
                "ar",
                (Child("Layla", "Al-Khatib", "female", 1), Child("Omar", "Al-Khatib", "male", 6)),
                (
                    Contact("mother", "Rania", "Al-Khatib", of=(0,)),
                    Contact("mother", "Rania", "Al-Khatib", of=(1,)),
                ),
            ),
        ),
    ),
    "no_birth_date": (
        "A student whose birth date is not on file.",
        (Family("zh-Hans", (Child("Yuhan", "Lü", "female", 3, born=False),), (Contact("mother", "Jing", "Zhao"),)),),
    ),
    "the_ended": (
        "Two parents; from night 2 on the mother's guardianship is gone.",
        (
            Family(
                "es",
                (Child("Daniela", "Navarro", "female", 4),),
                (Contact("mother", "Esmeralda", "Navarro"), Contact("father", "Héctor", "Navarro", elsewhere=True)),
            ),
        ),
    ),
    "the_newly_restricted": (
        "Two parents; from night 2 on the father may have no contact.",
        (
            Family(
                "es",
                (Child("Joaquín", "Salinas", "male", 5),),
                (Contact("father", "Ernesto", "Salinas"), Contact("mother", "Paloma", "Herrera")),
            ),
        ),
    ),
}
"""Each case: its story, and its households. The person whom a case is about stands first."""
