"""The pure parts: days in China, working time, quantiles, and where things stand in a chart."""

from datetime import UTC, date, datetime, timedelta

from app.config.grammar import parse_spans
from app.core.clock import CHINA
from app.figures import review_times
from app.figures.charts import Point, draw_bars, draw_columns, draw_line, short
from app.figures.periods import Span, bins_of, bounds_of, span_of
from app.reviews.working_hours import WorkingHours

SUNDAY = date(2026, 11, 22)
HOURS = WorkingHours(parse_spans("09:00-12:00,13:00-17:00"), closed={date(2026, 11, 20)}, worked={date(2026, 11, 21)})


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=CHINA)


def test_a_day_begins_and_ends_at_midnight_in_china() -> None:
    assert bounds_of(SUNDAY) == (datetime(2026, 11, 21, 16, tzinfo=UTC), datetime(2026, 11, 22, 16, tzinfo=UTC))


def test_a_span_and_the_one_before_it_are_equally_long_and_touch() -> None:
    span = span_of(30, SUNDAY)

    assert span == Span(date(2026, 10, 24), SUNDAY) and span.days == span.former.days == 30
    assert span.former.last + timedelta(days=1) == span.first


def test_each_day_of_a_span_is_in_one_bin_and_what_is_not_whole_says_so() -> None:
    for days, whole in ((7, 6), (30, 29), (90, 11), (365, 11)):
        span = span_of(days, SUNDAY)
        bins = bins_of(span, SUNDAY)

        assert [day for held in bins for day in held.days] == list(span)
        assert sum(not held.is_partial for held in bins) == whole and bins[-1].is_partial


def test_working_minutes_count_neither_noon_nor_night_nor_days_off() -> None:
    assert review_times.working_minutes(HOURS, at(19, 11), at(19, 14)) == 120
    assert review_times.working_minutes(HOURS, at(19, 16), at(21, 10)) == 60 + 60
    assert review_times.working_minutes(HOURS, at(22, 9), at(22, 17)) == 0
    assert review_times.working_minutes(HOURS, at(19, 10), at(19, 9)) == 0


def test_what_the_promise_adds_working_minutes_take_back() -> None:
    for hour in (3, 9, 12, 16, 23):
        start = at(17, hour, 7)
        assert review_times.working_minutes(HOURS, start, HOURS.after(start, 14)) == 14 * 60


def test_quantiles_are_the_half_hour_within_which_the_share_was_done() -> None:
    counts = {30: 10, 60: 9, 600: 1}

    assert [review_times.quantile(counts, share) for share in (0.5, 0.95, 1.0)] == [30, 60, 600]
    assert review_times.quantile({}, 0.5) is None
    assert [review_times.bin_of(minutes) for minutes in (0, 1, 30, 31, 10**9)] == [30, 30, 30, 60, 99_990]


def test_columns_stand_within_the_plot_and_their_heights_are_their_numbers() -> None:
    for values in ([0, 0], [1], [3, 0, 7, 12_345, 9], list(range(31))):
        drawn = draw_columns([Point(str(number), value) for number, value in enumerate(values)])

        highest = max(drawn.columns, key=lambda column: column.value)
        top = 100 * highest.value / highest.height if highest.height else 1
        for column in drawn.columns:
            assert 0 <= column.y <= 100 and column.x >= 0 and column.x + column.width <= 100
            assert abs(column.height - 100 * column.value / top) < 0.05
        assert drawn.ticks[0].text == "0"


def test_a_number_stands_above_the_highest_column_and_above_all_where_they_fit() -> None:
    few = draw_columns([Point("a", 5), Point("b", 9), Point("c", 1)])
    many = draw_columns([Point(str(number), 1000 + number) for number in range(30)])

    assert few.shows_all and not many.shows_all
    assert [column.value for column in many.columns if column.is_told] == [1029]


def test_bars_are_as_long_as_their_share_of_the_whole() -> None:
    drawn = draw_bars([("甲", 50, "50"), ("乙" * 40, 0, "0")], whole=100)

    first, second = drawn.bars
    assert first.width == first.track / 2 and second.width == 0
    assert len(second.name) == 17 and second.name.endswith("…")


def test_a_line_begins_at_the_ground_and_shows_its_goal() -> None:
    drawn = draw_line([Point("1", 0), Point("2", 50), Point("3", 100)], goal=200, goal_text="目标")

    assert drawn.points == "0.0,100.0 50.0,75.0 100.0,50.0" and drawn.area.startswith("0,100 ") and drawn.goal_y == 2.0


def test_a_line_of_two_days_names_each_once() -> None:
    drawn = draw_line([Point("11/21", 0), Point("11/22", 4)])

    assert [name for name, _percent, _anchor in drawn.names] == ["11/21", "11/22"]


def test_an_axis_counts_in_ten_thousands() -> None:
    assert [short(number) for number in (0, 9999, 10_000, 125_000)] == ["0", "9,999", "1万", "12.5万"]
