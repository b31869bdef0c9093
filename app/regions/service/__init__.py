"""The acts of regions, offices and their telephone numbers. The only writer of their tables."""

from app.regions.service.hotlines import add_hotline as add_hotline
from app.regions.service.hotlines import change_hotline as change_hotline
from app.regions.service.hotlines import check_hotline as check_hotline
from app.regions.service.hotlines import correct_hotline as correct_hotline
from app.regions.service.hotlines import move_hotline as move_hotline
from app.regions.service.hotlines import note_hotline_rung as note_hotline_rung
from app.regions.service.hotlines import remove_hotline as remove_hotline
from app.regions.service.loading import DATA as DATA
from app.regions.service.loading import load_regions as load_regions
from app.regions.service.loading import load_shipped_regions as load_shipped_regions
from app.regions.service.loading import shipped_cities as shipped_cities
from app.regions.service.offices import add_agency as add_agency
from app.regions.service.offices import change_agency as change_agency
from app.regions.service.offices import move_agency as move_agency
from app.regions.service.offices import restore_agency as restore_agency
from app.regions.service.offices import retire_agency as retire_agency
from app.regions.service.regions import add_region as add_region
from app.regions.service.regions import change_region as change_region
from app.regions.service.regions import restore_region as restore_region
from app.regions.service.regions import retire_region as retire_region
