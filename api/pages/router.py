"""All pages in one router, which `api.app` mounts."""

from fastapi import APIRouter

from api.pages import batches, dossier, farm, home, inbox, market, passport, problems, report

router = APIRouter()
for page in (home, dossier, passport, batches, market, problems, report, inbox, farm):
    router.include_router(page.router)
