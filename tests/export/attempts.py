"""Ways for a deck to make a browser load or run something. `HOST` stands for a listener, `PORT` for its port.

Each asks for an address that ends in `/x`; tests put the name of the attempt there.
"""

from __future__ import annotations

AT = "http://HOST/x"
ESCAPED = "".join(f"\\{ord(c):x} " for c in "http://")


def style(css: str) -> str:
    return f"# T\n\n- item\n\n<style>\n{css}\n</style>"


def section(declarations: str) -> str:
    return style(f"section {{ {declarations} }}")


def theme(css: str) -> str:
    """A style in the front matter, which comes before the first slide."""
    lines = "\n".join(f"  {line}" for line in css.splitlines())
    return f"---\nstyle: |\n{lines}\n---\n# T"


STYLES = {
    "property, cut by a newline": section('--p: "ht\\\ntp://HOST/x"; background:image-set(var(--p) 1x) !important'),
    "property, escaped": section(f'--p: "{ESCAPED}HOST/x"; background: image-set(var(--p) 1x) !important'),
    "property of a property": section(
        f'--a: "{AT}"; --b: image-set(var(--a) 1x); --c: var(--b); background: var(--c) !important'
    ),
    "property, by default": section(f'background: image-set(var(--none, "{AT}") 1x) !important'),
    "registered property": style(
        f'@property --r {{ syntax: "<image>"; inherits: false; initial-value: url({AT}) }}\n'
        "section { background: var(--r) !important }"
    ),
    "image-set, string": section(f'background: image-set("{AT}" 1x) !important'),
    "image-set, url": section(f"background: image-set(url({AT}) 1x) !important"),
    "image-set, with prefix": section(f"background: -webkit-image-set(url({AT}) 1x) !important"),
    "image-set, escaped": section(f'background: im\\61 ge-set("{AT}" 1x) !important'),
    "cross-fade": section(f"background: -webkit-cross-fade(url({AT}), url(data:,), 50%) !important"),
    "url, quoted": section(f"background: url('{AT}') !important"),
    "url, bare": section(f"background: url({AT}) !important"),
    "url, escaped name": section(f"background: u\\72l({AT}) !important"),
    "url, comment before": section(f"background:/*)*/url({AT}) !important"),
    "url, upper case": section("BACKGROUND: URL(HTTP://HOST/x) !important"),
    "url, newline in scheme": section('background: url("ht\\\ntp://HOST/x") !important'),
    "url, tab in scheme": section('background: url("ht\\9 tp://HOST/x") !important'),
    "url, two backgrounds": section(f"background: url(data:image/png;base64,), url({AT}) !important"),
    "url, one slash": section('background: url("http:/HOST/x") !important'),
    "url, backslashes": section('background: url("http:\\\\\\\\HOST\\\\x") !important'),
    "url, with a password": section("background: url(http://a:b@HOST/x) !important"),
    "url, localhost": section("background: url(http://localhost:PORT/x) !important"),
    "url, decimal address": section("background: url(http://2130706433:PORT/x) !important"),
    "url, hexadecimal address": section("background: url(http://0x7f000001:PORT/x) !important"),
    "url, octal address": section("background: url(http://0177.0.0.1:PORT/x) !important"),
    "url, short address": section("background: url(http://127.1:PORT/x) !important"),
    "url, wide digits": section("background: url(http://１２７.0.0.1:PORT/x) !important"),  # noqa: RUF001
    "url, IPv6": section("background: url(http://[::1]:PORT/x) !important"),
    "url, IPv4 in IPv6": section("background: url(http://[::ffff:127.0.0.1]:PORT/x) !important"),
    "url, https": section("background: url(https://HOST/x) !important"),
    "@import, string": style(f'@import "{AT}";'),
    "@import, url": style(f"@import url({AT});"),
    "@import, layer": style(f'@import "{AT}" layer(a) supports(display: block) all;'),
    "@font-face": style(f"@font-face {{ font-family: F; src: url({AT}) }}\nsection {{ font-family: F !important }}"),
    "@font-face, second source": style(
        f"@font-face {{ font-family: F; src: local(none), url({AT}) format('woff2') }}\nsection * {{ font-family: F }}"
    ),
    "@media print": style(f"@media print {{ section {{ background: url({AT}) !important }} }}"),
    "@media screen": style(f"@media screen {{ section {{ background: url({AT}) !important }} }}"),
    "@supports": style(f"@supports (color: red) {{ section {{ background: url({AT}) !important }} }}"),
    "@layer": style(f"@layer a {{ section li {{ background: url({AT}) }} }}"),
    "@container": style(
        f"@container (width > 0) {{ li {{ background: url({AT}) }} }}\nul {{ container: a/inline-size }}"
    ),
    "@keyframes": style(f"@keyframes k {{ to {{ background-image: url({AT}) }} }}\nli {{ animation: k 1s both }}"),
    "@counter-style": style(
        f"@counter-style c {{ system: cyclic; symbols: url({AT}) }}\nli {{ list-style: c url({AT}) }}"
    ),
    "nested rule": style(f"section {{ & li {{ background: url({AT}) }} }}"),
    "cursor": section(f"cursor: url({AT}), auto"),
    "content": style(f"li::before {{ content: url({AT}) }}"),
    "content of a marker": style(f"li::marker {{ content: url({AT}) }}"),
    "first line": style(f"li::first-line {{ background: url({AT}) }}"),
    "list-style": style(f"li {{ list-style: url({AT}) }}"),
    "border-image": style(f"li {{ border: 9px solid; border-image: url({AT}) 9 }}"),
    "mask": section(f"mask: url({AT})"),
    "mask, with prefix": section(f"-webkit-mask-image: url({AT})"),
    "mask-border, with prefix": section(f"-webkit-mask-box-image: url({AT}) 9"),
    "reflection": section(f"-webkit-box-reflect: below 0 url({AT})"),
    "shape-outside": style(f"li {{ float: left; shape-outside: url({AT}) }}"),
    "filter": style("li { filter: url(http://HOST/x#f) }"),
    "clip-path": style("li { clip-path: url(http://HOST/x#f) }"),
    "style of the front matter": theme(f"section {{ background: url({AT}) !important }}"),
    "property in the front matter": theme(f'section {{ --p: "{AT}"; background: image-set(var(--p) 1x) !important }}'),
    "@import in the front matter": theme(f'@import "{AT}";'),
    "scoped style": f"# T\n\n<style scoped>section {{ background: url({AT}) !important }}</style>",
}
DIRECTIVES = {
    "directive backgroundImage": f"# T\n\n<!-- _backgroundImage: url({AT}) -->",
    "directive for all slides": f"# T\n\n<!-- backgroundImage: url('{AT}') -->",
    "directive, property": f"<!-- _backgroundImage: 'image-set(\"{AT}\" 1x)' -->\n\n# T",
    "directive backgroundImage, fm": f"---\nbackgroundImage: url({AT})\n---\n# T",
    "directive header": f"# T\n\n<!-- _header: '![]({AT})' -->",
    "directive footer": f"# T\n\n<!-- _footer: '<img src=\"{AT}\">' -->",
    "header of the front matter": f"---\nheader: '![]({AT})'\n---\n# T",
}
PICTURES = {
    "img in template": f'# T\n\n<template shadowrootmode="open"><img src="{AT}"></template>',
    "img in noscript": f'# T\n\n<noscript><img src="{AT}"></noscript>',
    "picture": f"# T\n\n![]({AT})",
    "picture with a size": f"# T\n\n![w:100px]({AT})",
    "picture by reference": f"# T\n\n![a][b]\n\n[b]: {AT}",
    "picture, entity in scheme": "# T\n\n![](http&#58;//HOST/x)",
    "picture, upper case": "# T\n\n![](HTTP://HOST/x)",
    "picture in a link": f"# T\n\n[![]({AT})](https://example.com)",
    "background": f"# T\n\n![bg]({AT})",
    "background beside the text": f"# T\n\n![bg left:40%]({AT})",
    "two backgrounds": f"# T\n\n![bg]({AT})\n![bg](data:image/gif;base64,R0lGODlhAQABAAAAACw=)",
    "background with a filter": f"# T\n\n![bg blur]({AT})",
    "img": f'# T\n\n<img src="{AT}">',
    "img, upper case": f'# T\n\n<IMG SRC="{AT}">',
    "img, entities": '# T\n\n<img src="&#104;ttp&colon;//HOST/x">',
    "img, blank before": f'# T\n\n<img src=" {AT}">',
    "img, lazy": f'# T\n\n<img loading="lazy" src="{AT}">',
    "srcset": f'# T\n\n<img srcset="{AT} 1x">',
    "srcset, second": f'# T\n\n<img srcset="#a 5x, {AT} 1x">',
    "picture element": f'# T\n\n<picture><source srcset="{AT}"><img></picture>',
    "poster": f'# T\n\n<video poster="{AT}"></video>',
    "video": f'# T\n\n<video src="{AT}" preload="auto"></video>',
    "video source": f'# T\n\n<video preload="auto"><source src="{AT}"></video>',
    "audio": f'# T\n\n<audio src="{AT}" preload="auto"></audio>',
}
INERT = {
    "img, newline in scheme": '# T\n\n<img src="ht&#10;tp://HOST/x">',
    "img, tab in scheme": '# T\n\n<img src="ht&#9;tp://HOST/x">',
    "@import, escaped": style(f'@\\69mport "{ESCAPED}HOST/x";'),
    "string alone": section('--p: "http://HOST/x"; quotes: "http://HOST/x" "http://HOST/x"'),
    "stylesheet": f'# T\n\n<link rel="stylesheet" href="{AT}">',
    "prefetch": f'# T\n\n<link rel="prefetch" href="{AT}">',
    "preload": f'# T\n\n<link rel="preload" as="image" href="{AT}">',
    "modulepreload": f'# T\n\n<link rel="modulepreload" href="{AT}">',
    "dns-prefetch": f'# T\n\n<link rel="dns-prefetch" href="{AT}">',
    "preconnect": f'# T\n\n<link rel="preconnect" href="{AT}">',
    "icon": f'# T\n\n<link rel="icon" href="{AT}">',
    "manifest": f'# T\n\n<link rel="manifest" href="{AT}">',
    "base": f'# T\n\n<base href="{AT}">',
    "refresh": f'# T\n\n<meta http-equiv="refresh" content="0;url={AT}">',
    "another policy": '# T\n\n<meta http-equiv="Content-Security-Policy" content="default-src *">',
    "iframe": f'# T\n\n<iframe src="{AT}"></iframe>',
    "iframe, srcdoc": f'# T\n\n<iframe srcdoc="<img src={AT}>"></iframe>',
    "object": f'# T\n\n<object data="{AT}"></object>',
    "embed": f'# T\n\n<embed src="{AT}">',
    "SVG image": f'# T\n\n<svg><image href="{AT}" xlink:href="{AT}"/></svg>',
    "SVG use": f'# T\n\n<svg><use href="{AT}#a"/></svg>',
    "SVG feImage": f'# T\n\n<svg><filter><feImage href="{AT}"/></filter></svg>',
    "link with a ping": f'# T\n\n<a href="#1" ping="{AT}">a</a>',
    "form": f'# T\n\n<form action="{AT}"><button>a</button></form>',
    "input": f'# T\n\n<input type="image" src="{AT}">',
    "script": f'# T\n\n<script src="{AT}"></script>',
    "script, inline": f'# T\n\n<script>fetch("{AT}")</script>',
    "script, after an end tag": f'# T\n\n</section></foreignObject></svg></div><script>fetch("{AT}")</script>',
    "script in the front matter": theme(f'/*</style><script>fetch("{AT}")</script>*/'),
    "script in a title": f"---\ntitle: '</title><script>fetch(\"{AT}\")</script>'\n---\n# T",
    "handler": f'# T\n\n<img src="data:," onerror="fetch(\'{AT}\')">',
    "handler of a block": f"# T\n\n<details open ontoggle=\"fetch('{AT}')\"><summary>a</summary></details>",
    "javascript:": f"# T\n\n[a](javascript:fetch('{AT}'))",
    "javascript: picture": f"# T\n\n![](javascript:fetch('{AT}'))",
    "table background": f'# T\n\n<table background="{AT}"><tr><td background="{AT}">a</td></tr></table>',
    "style attribute": f'# T\n\n<div style="background: url({AT})">a</div>',
    "speaker notes": f'# T\n\n<!-- note <img src="{AT}"> ![]({AT}) -->',
    "social picture": f"---\nimage: {AT}\nurl: {AT}\n---\n# T",
    "src()": section(f'background: src("{AT}")'),
    "@namespace": style('@namespace a "http://HOST/x";'),
    "paint()": section("background: paint(x)"),
}
LOADING = STYLES | DIRECTIVES | PICTURES
"""Those that load something unless they are kept from it: errors."""
ATTEMPTS = LOADING | INERT
