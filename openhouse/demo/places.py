"""Where the made-up people live and how they are called by telephone.

Nothing here can reach a real door or a real telephone: the cities do not exist, no post office has a ZIP code that
begins with 909, and 555-0100 to 555-0199 are kept for fiction in the North American numbering plan.
"""

from typing import NamedTuple

from openhouse.demo.dice import Dice

_AREA_CODES = ("213", "310", "323", "424", "562", "626", "661", "747", "818")
_TREES = (
    "Acacia", "Agave", "Alder", "Almond", "Aster", "Bay Laurel", "Buckeye", "Camellia", "Canyon", "Carob", "Cedar",
    "Citrus", "Clover", "Coral", "Cypress", "Elderberry", "Eucalyptus", "Fern", "Fig Tree", "Foothill", "Garnet",
    "Hacienda", "Heather", "Hibiscus", "Ironwood", "Jacaranda", "Jasmine", "Juniper", "Lantana", "Las Flores", "Laurel",
    "Lavender", "Lemon Grove", "Magnolia", "Manzanita", "Mariposa", "Mesquite", "Mirador", "Mulberry", "Myrtle",
    "Nopal", "Ocotillo", "Olive", "Palo Verde", "Pepper Tree", "Pomegranate", "Poppy", "Quail", "Redbud", "Sagebrush",
    "San Jacinto", "Sierra", "Sumac", "Sycamore", "Tamarind", "Toyon", "Valley Oak", "Willow", "Yarrow", "Yucca",
)  # fmt: skip
_WAYS = ("St", "Ave", "Blvd", "Dr", "Pl", "Way", "Ct", "Ln")
_CITIES = (
    "Alta Loma Park", "Arroyo Verde", "Bellflower Hills", "Canyon Rosa", "Cerro Azulejo", "Ciudad del Sol",
    "Dos Palmas", "East Mirasol", "El Sereno Heights", "Harbor Point", "Las Encinas", "Little Ararat",
    "Mariposa Flats", "Mission Oaks", "Monte Alegre", "North Mirasol", "Panorama Bluff", "Rancho Tesoro",
    "San Aurelio", "Sunland Grove", "Tierra Linda", "Valle Hermoso", "West Alameda", "Willowbrook Flats",
)  # fmt: skip
PLACES = 1 << 16
"""Homes and schools lie along one line of so many points, so that neighbours share schools."""


class Address(NamedTuple):
    """A postal address, as in the four address columns of users.csv."""

    street: str
    city: str
    state: str
    postal_code: str


NOWHERE = Address("", "", "", "")


def address_at(place: int, dice: Dice) -> Address:
    """A made-up address near a place (0 to PLACES - 1); one in four has an apartment."""
    throw = dice.throw
    street = f"{100 + throw(9900)} {_TREES[throw(60)]} {_WAYS[throw(8)]}"
    home = throw(120)
    if home < 20:
        street = f"{street}, Apt {home + 1}"
    elif home < 30:
        street = f"{street} #{home}{'ABCD'[home % 4]}"
    return Address(street, _CITIES[place * len(_CITIES) // PLACES], "CA", f"909{1 + place * 98 // PLACES:02d}")


def telephone(dice: Dice) -> str:
    """A telephone number kept for fiction, such as 818-555-0147."""
    number = dice.throw(len(_AREA_CODES) * 100)
    return f"{_AREA_CODES[number // 100]}-555-01{number % 100:02d}"
