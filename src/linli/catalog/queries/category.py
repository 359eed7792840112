"""The categories beside a list of goods."""

from typing import NamedTuple

from linli.core import sql
from linli.core.refusal import Refusal


class CategoryFace(NamedTuple):
    """A category as a page shows it. parent_id None: of the top."""

    id: int
    parent_id: int | None
    name: str
    name_en: str
    icon: str


class CategoryShelf(NamedTuple):
    """The category asked for, its top, and those to choose from: the children of the top, or all tops when none is asked for."""

    chosen: CategoryFace | None
    top: CategoryFace | None
    choices: tuple[CategoryFace, ...]


def category_shelf(category_id: int = 0) -> CategoryShelf:
    """What to show beside goods of a category; 0: no category is chosen. Refuses: not_found."""
    rows = sql.rows(
        """with asked as (select coalesce(parent_id, id) as top_id from catalog_category where id = %(id)s)
           select c.id, c.parent_id, c.name, c.name_en, c.icon from catalog_category c left join asked on true
            where case when asked.top_id is null then c.parent_id is null else asked.top_id in (c.id, c.parent_id) end
            order by c.position, c.id""",
        {"id": category_id},
    )
    faces = [CategoryFace(*row) for row in rows]
    chosen = next((face for face in faces if face.id == category_id), None)
    if category_id and not chosen:
        raise Refusal("not_found")
    top = next((face for face in faces if chosen and face.parent_id is None), None)
    return CategoryShelf(chosen, top, tuple(face for face in faces if face != top))
