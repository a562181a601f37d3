"""Lines over time, several charts below each other in one SVG."""
import re

import pygal
from pygal.style import Style

WIDTH, HEIGHT = 900, 220
STYLE = Style(background="white", plot_background="white", foreground="#333", foreground_strong="#111",
              foreground_subtle="#888", colors=("#aaaaaa", "#1f77b4", "#ff7f0e"), title_font_size=14,
              label_font_size=11, major_label_font_size=11, legend_font_size=12, font_family="sans-serif")


def chart(title, lines, marks):
    """`lines`: name to (minute, value) pairs; `marks`: minutes at which something was done."""
    one = pygal.XY(width=WIDTH, height=HEIGHT, explicit_size=True, style=STYLE, title=title, show_dots=False,
                   stroke_style={"width": 1.5}, truncate_legend=-1, disable_xml_declaration=True, margin=8,
                   no_prefix=True, js=[], y_labels_major_count=4, show_minor_y_labels=False, include_x_axis=True,
                   allow_interruptions=True)
    top = max((value for points in lines.values() for _, value in points), default=1)
    # First, so that it lies below, and each proxy has the same colour in every chart.
    one.add("switchover", [point for at in marks for point in ((at, 0), (at, top), (None, None))])
    for name, points in lines.items():
        one.add(name, points)
    return one.render(is_unicode=True)


def below_each_other(charts):
    """One picture. All have the same style, so the first one's serves all; a picture needs no script."""
    placed = []
    for number, text in enumerate(charts):
        text = re.sub(r"<script.*?</script>", "", text, flags=re.DOTALL)
        if placed:
            text = re.sub(r"<style.*?</style>", "", text, flags=re.DOTALL)
        placed.append(re.sub(r"^<svg ", f'<svg x="0" y="{number * HEIGHT}" ', text))
    return (f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
            f' width="{WIDTH}" height="{HEIGHT * len(charts)}">\n' + "\n".join(placed) + "\n</svg>\n")
