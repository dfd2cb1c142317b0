"""What strangers may type into a form to run something, to break a page, or to become a formula; more than two hundred texts."""

_HIT = "window.hit=1"
_TAGS = (
    "img src=x onerror", "svg onload", "body onload", "video src=x onerror", "iframe onload", "details open ontoggle",
    "input autofocus onfocus", "marquee onstart", "audio src=x onerror", "object data=x onerror", "style onload",
    "select autofocus onfocus",
)  # fmt: skip
_SCRIPTS = (
    f"<script>{_HIT}</script>", f"</script><script>{_HIT}</script>", f"<ScRiPt>{_HIT}</sCrIpT>", f"<script src=data:,{_HIT}></script>",
    "<!--<script x", "</script x", "--><script>", f"<script>/*</script><script>{_HIT}//", "</template><script>",
    f"</style><script>{_HIT}</script>",
    f"</title><script>{_HIT}</script>", f"</textarea><script>{_HIT}</script>", f"</noscript><script>{_HIT}</script>",
    f"<math><mtext><script>{_HIT}</script></mtext></math>", f"<svg><script>{_HIT}</script></svg>",
    f"<svg><a xlink:href=javascript:{_HIT}>x</a></svg>",
    "<base href=//example.org/>", "<meta http-equiv=refresh content='0;url=//example.org'>", "<link rel=stylesheet href=//example.org>",
    "<form action=//example.org><button>x</button></form>", "<plaintext>", "<xmp>", "<table><tr><td>", "</td></tr></table>",
    "</bdi></th></tr>", "<dialog open>x",
    "<style>*{display:none}</style>", "<font size=99>x", "<h1>x</h1>", "<template><p>x", "<slot>", "<frameset>",
    "<noembed><img src=x>", "&lt;b&gt;", "&#60;script&#62;",
    "\\u003cscript\\u003e", "\u2028alert(1)\u2029", "]]>", "<![CDATA[", "<?xml version='1.0'?>", "<!DOCTYPE html>", "<!--", "-->",
    "%3Cscript%3E", "+ADw-script+AD4-",
)  # fmt: skip
_ATTRIBUTES = (
    "\"", "'", "`", "\" onmouseover=\"window.hit=1", "' onfocus='window.hit=1' autofocus='", "x\" style=\"position:fixed;inset:0",
    "\"><img src=x onerror=window.hit=1>",
    "'><svg onload=window.hit=1>", "` onload=`window.hit=1", "x onclick=window.hit=1", "\\\"", "\\'", "\"]}", "},{\"key\":\"x\"}",
    "</bdi>", "\" data-say=\"name",
)  # fmt: skip
_ADDRESSES = (
    "javascript:window.hit=1", "JaVaScRiPt:window.hit=1", "java\tscript:window.hit=1", "\x01javascript:window.hit=1",
    "data:text/html,<script>window.hit=1</script>",
    "vbscript:msgbox(1)", "//example.org/x", "https://example.org/?q=<b>", "file:///x", "mailto:x@example.org?bcc=y@example.org",
    "blob:x", "tel:+1", "../../x", "..\\..\\x",
    "C:\\x", "x.html#<img src=x>", "http://[::1", "%00", "%0d%0aSet-Cookie:x=1",
)  # fmt: skip
_TEMPLATES = ("{{ 7 * 7 }}", "{% raw %}", "${7 * 7}", "#{7 * 7}", "<%= 7 * 7 %>", "{{constructor.constructor('window.hit=1')()}}",
    "%s%s%s%n", "{0}", "$(x)", "`x`", "[[x]]")  # fmt: skip
MARKS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\u2212", "\ufe66", "\ufe62", "\ufe63", "\ufe6b")
BEFORE = ("", " ", "\t", "\r", "\n", "\u00a0", "\u200b", "\ufeff")
_FORMULAS = (
    *(f"{before}{mark}1+1" for mark in MARKS for before in BEFORE), "=HYPERLINK(\"http://example.org\")", "=cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "x;=1+1", "x; @y", "=IMPORTXML(\"//example.org\",\"/\")", "-2+3+cmd|' /C calc'!A0", "\"=1+1\"", "'=1+1", "{=1+1}", "=\t1",
    "+\uff1d1",
)  # fmt: skip
_TERMINAL = (
    "\x1b[31mred", "\x1b[2J\x1b[H", "\x1b]0;title\x07", "\x1b]8;;http://example.org\x07x\x1b]8;;\x07", "\x1b[?1049h",
    "\x1b]52;c;eA==\x07", "\x9b31m", "\x9d0;x\x9c",
    "\x07\x07", "\x08\x08\x08x", "x\ry", "\x0e\x0f", "\x1bP1$r\x1b\\", "\x1bc", "[red]x[/red]", "[/]",
    "[link=http://example.org]x[/link]", ":bomb:",
)  # fmt: skip
_DIRECTIONS = (
    "\u202e\u202eevil\u2066", "gpj\u202eexe.", "\u2067x\u2069", "\u200f\u200fx", "\u061cx", "\u05e9\u05dc\u05d5\u05dd 12 (3)",
    "x\u2066y", "\u202dx\u202c", "\u200e=1+1",
    "\ufeff\ufeffx", "\U000e0041\U000e0042x",
)  # fmt: skip
_MARKDOWN = (
    "[x](javascript:window.hit=1)",
    "![x](//example.org/x.png)",
    "**x**",
    "# x",
    "| x | y |",
    "<//example.org|x>",
    "<!channel>",
    "<@U1>",
    "```x",
    "> x",
    "~~x~~",
)
_CONTROLS = tuple(f"a{chr(code)}b" for code in (*range(9), *range(10, 32), *range(127, 160)))
_LONG = (
    "W" * 400,
    "x" * 5_000,
    "Z" + "\u0351" * 300,
    "\U0001f469\u200d" * 100,
    "\u0645\u06cc\u200c" * 60,
    "\ufdfd" * 60,
    " " * 300 + "x",
    "<b>" * 300,
    "\ud800x",
    "\uffffx",
)

HOSTILE: tuple[str, ...] = tuple(
    dict.fromkeys(
        (
            *(f"<{tag}={_HIT}>" for tag in _TAGS),
            *_SCRIPTS,
            *_ATTRIBUTES,
            *_ADDRESSES,
            *_TEMPLATES,
            *_FORMULAS,
            *_TERMINAL,
            *_DIRECTIONS,
            *_MARKDOWN,
            *_CONTROLS,
            *_LONG,
        )
    )
)
