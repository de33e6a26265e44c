"""Pages to search the knowledge base and to read an article."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from app.core.permissions import Permission, requires
from app.organisation import service as organisation
from knowledge_base import service
from knowledge_base.forms import SearchForm

bp = Blueprint("knowledge", __name__, url_prefix="/knowledge")


@bp.get("")
@requires(Permission.KNOWLEDGE_READ)
def search_articles() -> ResponseReturnValue:
    """Show what fits the words in the box, or everything when the box is empty."""
    form = SearchForm(request.args)
    if not form.validate():
        page = render_template("knowledge/search.html", form=form, found=[], articles=[])
        return page, 422
    words = form.q.data or ""
    return render_template(
        "knowledge/search.html",
        form=form,
        words=words,
        found=service.search(words),
        articles=[] if words else service.list_published(),
    )


@bp.get("/<int:article_id>")
@requires(Permission.KNOWLEDGE_READ)
def show_article(article_id: int) -> ResponseReturnValue:
    """Show one article that may be read out now."""
    article = service.get_published_article(article_id)
    unit = organisation.get_unit(article.unit_id)
    return render_template("knowledge/article.html", article=article, unit=unit)
