"""All pages in one router, which `api.app` mounts."""

from fastapi import APIRouter

from api.pages import (
    batches,
    deals,
    dossier,
    farm,
    home,
    inbox,
    market,
    marks_page,
    offer,
    passport,
    prices,
    printing,
    problems,
    report,
    sharing,
)

PAGES = (
    home, dossier, passport, batches, deals, market, offer, prices, printing, problems, report,
    inbox, farm, sharing, marks_page,
)  # fmt: skip

router = APIRouter()
for page in PAGES:
    router.include_router(page.router)
