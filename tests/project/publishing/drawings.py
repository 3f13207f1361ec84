"""SVG in the style of the programs that people draw with, and SVG that does more than draw."""

from __future__ import annotations

import base64
import io

from PIL import Image

NAMESPACES = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'


def pixels(form: str = "PNG", **options: object) -> bytes:
    """A small picture in one of Pillow's formats."""
    file = io.BytesIO()
    Image.new("RGB", (8, 6), "red").save(file, form, **options)  # type: ignore[arg-type]
    return file.getvalue()


def svg(inside: str, *, before: str = "", more: str = "") -> bytes:
    """An SVG with this inside."""
    return f'{before}<svg {NAMESPACES} {more} width="9" height="9">{inside}</svg>'.encode()


PNG = f"data:image/png;base64,{base64.b64encode(pixels()).decode()}"
WOFF2 = "data:font/woff2;base64,d09GMgABAAAAAA=="
SVG_DATA = "data:image/svg+xml;base64," + base64.b64encode(svg("<script>1</script>")).decode()
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
DOCTYPE = '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'
XML = '<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n'

HONEST: dict[str, bytes] = {
    "inkscape": svg(
        '<sodipodi:namedview id="b" pagecolor="#fff" inkscape:zoom="1"><inkscape:grid type="xygrid"/>'
        "</sodipodi:namedview><metadata><rdf:RDF><cc:Work rdf:about=''><dc:format>image/svg+xml</dc:format>"
        '<dc:type rdf:resource="http://purl.org/dc/dcmitype/StillImage"/></cc:Work></rdf:RDF></metadata>'
        '<defs><linearGradient id="g" inkscape:collect="always"><stop offset="0" style="stop-color:#00f"/>'
        '</linearGradient><linearGradient id="h" xlink:href="#g" gradientTransform="matrix(1,0,0,1,2,3)"/></defs>'
        '<g inkscape:label="Layer 1" inkscape:groupmode="layer"><path d="m 1,2 3,4 z" sodipodi:nodetypes="ccc" '
        "style=\"fill:url(#h);-inkscape-font-specification:'sans-serif, Bold'\"/>"
        '<flowRoot xml:space="preserve"><flowRegion><rect width="9" height="9"/></flowRegion><flowPara>a</flowPara>'
        "</flowRoot></g>",
        before=XML + "<!-- Created with Inkscape (http://www.inkscape.org/) -->\n",
        more='xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape" xmlns:cc="http://creativecommons.org/ns#" '
        'xmlns:sodipodi="http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" sodipodi:docname="a.svg" inkscape:version="1.2"',
    ),
    "graphviz": svg(
        '<g id="graph0" class="graph" transform="scale(1 1) rotate(0) translate(4 40)"><title>G</title>'
        '<polygon fill="white" stroke="transparent" points="-4,4 -4,-40 58,-40 58,4 -4,4"/><g id="a_node1">'
        '<a xlink:href="https://docs.docker.com/" xlink:title="docs" target="_top"><ellipse fill="none" stroke="black" '
        'cx="27" cy="-18" rx="27" ry="18"/><text text-anchor="middle" x="27" y="-14" '
        'font-family="Times,serif">a&#45;b</text></a></g></g>',
        before=XML + DOCTYPE,
        more='viewBox="0.00 0.00 62.00 44.00"',
    ),
    "matplotlib": svg(
        '<defs><style type="text/css">*{stroke-linejoin: round; stroke-linecap: butt}</style></defs><g id="figure_1">'
        '<g id="patch_1"><path d="M 0 345 L 460 345 z" style="fill: #ffffff" clip-path="url(#p0)"/></g><g id="l">'
        '<defs><path id="m1" d="M 0 0 L 0 3.5" style="stroke: #000"/></defs><use xlink:href="#m1" x="73" y="307"/></g>'
        f'<image xlink:href="{PNG}" id="im" transform="scale(1 -1) translate(0 -9)" width="9" height="9"/></g>'
        '<defs><clipPath id="p0"><rect x="57" y="41" width="357" height="266"/></clipPath></defs>',
        before=XML + DOCTYPE,
        more='viewBox="0 0 460.8 345.6" version="1.1"',
    ),
    "draw.io": svg(
        '<defs><clipPath id="c"><rect x="0" y="0" width="9" height="9"/></clipPath></defs><g><g data-cell-id="2">'
        '<rect x="0" y="0" width="9" height="9" fill="none" stroke="none" pointer-events="all" '
        'style="fill: light-dark(#ffffff, var(--ge-dark-color, #121212)); stroke: rgb(0, 0, 0);"/>'
        '<g fill="rgb(0, 0, 0)" font-family=\'"Helvetica"\' text-anchor="middle" font-size="12px">'
        '<text x="4" y="5">host</text></g></g></g>',
        before=DOCTYPE,
        more='style="background-color: rgb(255, 255, 255);" content="&lt;mxfile host=&quot;Electron&quot; '
        'agent=&quot;x(y)&quot;&gt;&lt;/mxfile&gt;" viewBox="-0.5 -0.5 9 9"',
    ),
    "mermaid": svg(
        '<style>#g1{font-family:"trebuchet ms",verdana,arial;font-size:16px;fill:#333;}@keyframes edge-animation-frame'
        "{from{stroke-dashoffset:0;}}#g1 .edge-animation-slow{animation:dash 50s linear infinite;}#g1 .marker"
        "{fill:#333;}#g1 .node:not(.x) rect{fill:hsl(80, 100%, 96%);}#g1 :root{--mermaid-font-family:arial;}</style>"
        '<g><marker id="g1_pointEnd" class="marker" viewBox="0 0 10 10" refX="5" refY="5" markerUnits="userSpaceOnUse" '
        'markerWidth="8" markerHeight="8" orient="auto"><path d="M 0 0 L 10 5 L 0 10 z" class="arrowMarkerPath" '
        'style="stroke-width: 1; stroke-dasharray: 1, 0;"/></marker><g><path d="M1,2L3,4" data-edge="true" '
        'data-points="W3sieCI6" marker-end="url(#g1_pointEnd)"/><g class="label" transform="translate(0, -12)"><text '
        'y="-10.1"><tspan class="text-outer-tspan" x="0" y="-0.1em" dy="1.1em">a</tspan></text></g></g></g>',
        more='id="g1" role="graphics-document document" aria-roledescription="flowchart-v2" '
        'style="max-width: 99px; background-color: white;" class="flowchart" preserveAspectRatio="xMidYMid meet"',
    ),
    "excalidraw": svg(
        "<!-- svg-source:excalidraw --><metadata><!-- payload-type:application/vnd.excalidraw+json -->"
        f'</metadata><defs><style class="style-fonts">@font-face {{ font-family: Virgil; src: url("{WOFF2}"); }}'
        '</style></defs><g stroke-linecap="round" transform="translate(1 1)"><path d="M0 0 C50 0, 99 1, 1 2" '
        'stroke="#1e1e1e" fill="none"/></g><text x="0" y="18" font-family="Virgil, Segoe UI Emoji" '
        'style="white-space: pre;" direction="ltr" dominant-baseline="alphabetic">도커</text><mask/>',
        more='version="1.1"',
    ),
    "figma": svg(
        '<g clip-path="url(#clip0_1_2)" filter="url(#filter0_d)"><rect width="9" height="9" rx="2" fill="white" '
        'style="mix-blend-mode:multiply"/><rect fill="url(#pattern0)"/></g><defs><filter id="filter0_d" x="0" y="0" '
        'filterUnits="userSpaceOnUse" color-interpolation-filters="sRGB"><feFlood flood-opacity="0" result="B"/>'
        '<feColorMatrix in="SourceAlpha" type="matrix" values="0 0 0 0 0" result="hardAlpha"/><feOffset dy="4"/>'
        '<feGaussianBlur stdDeviation="2"/><feBlend mode="normal" in2="B"/></filter><clipPath id="clip0_1_2"><rect/>'
        '</clipPath><pattern id="pattern0" patternContentUnits="objectBoundingBox"><use xlink:href="#image0" '
        f'transform="scale(0.01)"/></pattern><image id="image0" width="8" height="6" xlink:href="{PNG}"/></defs>',
        more='viewBox="0 0 9 9" fill="none"',
    ),
    "illustrator": svg(
        '<style type="text/css">.st0{fill:#FFFFFF;}.st1{clip-path:url(#SVGID_2_);}</style><switch><g '
        'i:extraneous="self"><path class="st0" d="M1,2z"/></g></switch>',
        before=XML + "<!-- Generator: Adobe Illustrator 24.0 -->\n",
        more='xmlns:i="http://ns.adobe.com/AdobeIllustrator/10.0/" x="0px" y="0px" xml:space="preserve" '
        'style="enable-background:new 0 0 9 9;" id="Layer_1" version="1.1"',
    ),
    "sketch": svg(
        '<title>a</title><desc>Created with Sketch.</desc><g id="Page-1" stroke="none" fill-rule="evenodd" '
        'sketch:type="MSPage"><path d="M1,2z" id="P" sketch:type="MSShapeGroup"/></g>',
        more='xmlns:sketch="http://www.bohemiancoding.com/sketch/ns"',
    ),
    "plantuml": svg(
        '<defs/><g><rect fill="#F1F1F1" height="9" style="stroke:#181818;stroke-width:0.5;" width="9" x="1"/><text '
        'font-family="sans-serif" font-size="14" lengthAdjust="spacing" textLength="8">a</text><line '
        'style="stroke:#181818;stroke-dasharray:2.0,2.0;" x1="1" x2="2" y1="3" y2="4"/></g>',
        before=XML,
        more='contentStyleType="text/css" zoomAndPan="magnify" version="1.1" preserveAspectRatio="none"',
    ),
    "a moving one": svg(
        '<circle r="4"><animate attributeName="r" values="1;4;1" dur="2s" repeatCount="indefinite"/><animateTransform '
        'attributeName="transform" type="rotate" from="0 4 4" to="360 4 4" dur="1s"/><set attributeName="fill" '
        'to="url(#g)" begin="1s"/></circle>'
    ),
    "links": svg('<a href="https://docs.docker.com/"><text>docs</text></a><a href="#x"><text>x</text></a>'),
    "a byte order mark": b"\xef\xbb\xbf" + svg("<rect/>"),
    "comments and CDATA": svg("<!-- <script> --><style><![CDATA[ rect > circle { fill: red } ]]></style><rect/>"),
    "200 groups, nested": svg("<g>" * 200 + "<rect/>" + "</g>" * 200),
    "20,000 elements": svg('<rect x="1"/>' * 20_000),
    "a prefix for SVG": b'<s:svg xmlns:s="http://www.w3.org/2000/svg" width="9" height="9"><s:rect/></s:svg>',
}
"""What has to pass."""

ACTIVE: dict[str, bytes] = {
    "script": svg("<script>alert(1)</script>"),
    "script from elsewhere": svg('<script xlink:href="http://127.0.0.1/x.js"/>'),
    "script by a prefix": svg('<s:script xmlns:s="http://www.w3.org/2000/svg">1</s:script>'),
    "script of HTML": svg('<h:script xmlns:h="http://www.w3.org/1999/xhtml">1</h:script>'),
    "script in metadata": svg('<metadata><h:script xmlns:h="http://www.w3.org/1999/xhtml"/></metadata>'),
    "script in a note": svg('<x xmlns=""><script xmlns="http://www.w3.org/2000/svg">1</script></x>'),
    "script in capitals": svg("<SCRIPT>alert(1)</SCRIPT>"),
    "onload": svg("", more='onload="alert(1)"'),
    "onclick": svg('<rect onclick="alert(1)"/>'),
    "ONLOAD": svg("", more='ONLOAD="alert(1)"'),
    "onbegin": svg('<set attributeName="x" onbegin="alert(1)"/>'),
    "an event to come": svg('<rect onsomething="alert(1)"/>'),
    "XML events": svg('<rect ev:event="click" xmlns:ev="http://www.w3.org/2001/xml-events"/>'),
    "handler": svg('<handler type="text/ecmascript">1</handler>'),
    "listener": svg('<listener event="click" handler="#x"/>'),
    "foreignObject": svg('<foreignObject><p xmlns="http://www.w3.org/1999/xhtml">x</p></foreignObject>'),
    "foreignObject, empty": svg("<foreignObject/>"),
    "iframe": svg('<iframe src="http://127.0.0.1/"/>'),
    "iframe of HTML": svg('<h:iframe xmlns:h="http://www.w3.org/1999/xhtml" src="http://127.0.0.1/"/>'),
    "embed": svg('<embed src="http://127.0.0.1/"/>'),
    "object": svg('<object data="http://127.0.0.1/"/>'),
    "audio": svg('<audio src="http://127.0.0.1/"/>'),
    "video": svg('<video href="http://127.0.0.1/"/>'),
    "canvas": svg("<canvas/>"),
    "link of HTML": svg('<h:link xmlns:h="http://www.w3.org/1999/xhtml" rel="stylesheet" href="http://127.0.0.1/"/>'),
    "meta of HTML": svg('<h:meta xmlns:h="http://www.w3.org/1999/xhtml" http-equiv="refresh" content="0;//x"/>'),
    "base of HTML": svg('<h:base xmlns:h="http://www.w3.org/1999/xhtml" href="http://127.0.0.1/"/>'),
    "MathML": svg('<m:math xmlns:m="http://www.w3.org/1998/Math/MathML" href="javascript:1"/>'),
    "XSLT": svg('<x:stylesheet xmlns:x="http://www.w3.org/1999/XSL/Transform"/>'),
    "XInclude": svg('<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="/etc/passwd"/>'),
    "XBL": svg('<x:xbl xmlns:x="http://www.mozilla.org/xbl"/>'),
    "an unknown namespace": svg('<x:y xmlns:x="urn:x"/>'),
    "javascript:": svg('<a href="javascript:alert(1)"><rect/></a>'),
    "javascript: by xlink": svg('<a xlink:href="javascript:alert(1)"><rect/></a>'),
    "javascript: after a blank": svg('<a href=" javascript:alert(1)"><rect/></a>'),
    "javascript: with a tab": svg('<a href="java&#9;script:alert(1)"><rect/></a>'),
    "javascript: with newline": svg('<a href="java&#10;script:alert(1)"><rect/></a>'),
    "JavaScript:": svg('<a href="JavaScript:alert(1)"><rect/></a>'),
    "javascript: by a number": svg('<a href="&#106;avascript:alert(1)"><rect/></a>'),
    "vbscript:": svg('<a href="vbscript:x"><rect/></a>'),
    "a link to data:": svg('<a href="data:text/html,x"><rect/></a>'),
    "a link to a file": svg('<a href="file:///etc/passwd"><rect/></a>'),
    "a relative link": svg('<a href="evil.html"><rect/></a>'),
    "a link with ping": svg('<a href="https://docs.docker.com" ping="http://127.0.0.1"><rect/></a>'),
    "set of href": svg('<a><set attributeName="href" to="javascript:alert(1)"/></a>'),
    "animate of href": svg('<a><animate attributeName="xlink:href" values="javascript:alert(1)"/></a>'),
    "animate of a blank href": svg('<a><animate attributeName=" href " values="javascript:1"/></a>'),
    "animate of onclick": svg('<rect><set attributeName="onclick" to="alert(1)"/></rect>'),
    "animate of style": svg('<rect><set attributeName="style" to="x"/></rect>'),
    "animate of fill to url()": svg('<rect><set attributeName="fill" to="url(http://127.0.0.1/x#y)"/></rect>'),
    "picture of a server": svg('<image href="http://127.0.0.1/x.png"/>'),
    "picture by //": svg('<image href="//127.0.0.1/x.png"/>'),
    "picture beside it": svg('<image href="../secret.png"/>'),
    "picture of the disk": svg('<image xlink:href="file:///etc/passwd"/>'),
    "picture by backslashes": svg('<image href="\\\\127.0.0.1\\x"/>'),
    "SVG in data:": svg(f'<image href="{SVG_DATA}"/>'),
    "SVG in data:, as text": svg("<image href=\"data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'/%3E\"/>"),
    "HTML in data:": svg('<image href="data:text/html;base64,AAAA"/>'),
    "use of a server": svg('<use href="http://127.0.0.1/x.svg#a"/>'),
    "use of data:": svg(f'<use href="{SVG_DATA}#a"/>'),
    "use of another file": svg('<use xlink:href="other.svg#a"/>'),
    "feImage of a server": svg('<filter><feImage href="http://127.0.0.1/x"/></filter>'),
    "gradient of another file": svg('<linearGradient href="x.svg#g"/>'),
    "textPath of another file": svg('<text><textPath href="x.svg#g">x</textPath></text>'),
    "mpath of another file": svg('<animateMotion><mpath href="x.svg#g"/></animateMotion>'),
    "font-face-uri": svg(
        '<font-face><font-face-src><font-face-uri href="http://127.0.0.1"/></font-face-src></font-face>'
    ),
    "cursor": svg('<cursor href="http://127.0.0.1/x"/>'),
    "tref": svg('<text><tref xlink:href="http://127.0.0.1/x"/></text>'),
    "src": svg('<image src="http://127.0.0.1/x"/>'),
    "srcset": svg('<image srcset="http://127.0.0.1/x 1x"/>'),
    "xml:base": svg('<use href="#a"/>', more='xml:base="http://127.0.0.1/"'),
    "fill by url()": svg('<rect fill="url(http://127.0.0.1/x#y)"/>'),
    "filter by url()": svg("<rect filter=\"url('http://127.0.0.1/x#y')\"/>"),
    "mask by url()": svg('<rect mask="url( //127.0.0.1/x#y )"/>'),
    "marker by URL()": svg('<path marker-end="URL(x.svg#y)"/>'),
    "cursor by url()": svg('<rect cursor="url(http://127.0.0.1/x), auto"/>'),
    "url() that does not end": svg('<rect fill="url(http://127.0.0.1/x"/>'),
    "style by url()": svg('<rect style="background:url(http://127.0.0.1/x)"/>'),
    "url() after a good one": svg('<rect style="fill:url(#a);mask:url(http://127.0.0.1/x)"/>'),
    "style escaped": svg('<rect style="background:\\75rl(http://127.0.0.1/x)"/>'),
    "style by image-set()": svg("<rect style=\"background:image-set('http://127.0.0.1/x' 1x)\"/>"),
    "style by -webkit-image-set": svg("<rect style=\"mask:-webkit-image-set('//x' 1x)\"/>"),
    "style by cross-fade()": svg('<rect style="mask:cross-fade(x, y)"/>'),
    "style by src()": svg("<rect style=\"mask:src('http://127.0.0.1')\"/>"),
    "style by expression()": svg('<rect style="width:expression(alert(1))"/>'),
    "style in a property": svg("<style>svg{--x:image('http://127.0.0.1/x');mask:var(--x)}</style>"),
    "@import": svg("<style>@import 'http://127.0.0.1/x.css';</style>"),
    "@IMPORT url()": svg("<style>@IMPORT url(//127.0.0.1/x.css);</style>"),
    "@import, escaped": svg("<style>@\\69mport 'http://127.0.0.1/x.css';</style>"),
    "@import in CDATA": svg("<style><![CDATA[@import '//127.0.0.1/x.css';]]></style>"),
    "@import, cut by a comment": svg("<style>@imp<!-- -->ort '//127.0.0.1/x.css';</style>"),
    "@import hidden by quotes": svg("<style>a{b:'/*'}@import '//127.0.0.1';/*'*/</style>"),
    "@font-face of a server": svg("<style>@font-face{font-family:x;src:url(https://127.0.0.1/x.woff2)}</style>"),
    "@document": svg("<style>@document x{}</style>"),
    "-moz-binding": svg("<style>rect{-moz-binding:url(x.xml#y)}</style>"),
    "a style of another type": svg('<style type="text/xsl">x</style>'),
    "an element in style": svg("<style><rect/></style>"),
    "xml-stylesheet": svg("", before='<?xml-stylesheet href="http://127.0.0.1/x.css"?>'),
    "xml-stylesheet, XSLT": svg("", before='<?xml-stylesheet type="text/xsl" href="#x"?>'),
    "PHP": svg("<?php system('id') ?>"),
    "a billion laughs": svg("&l9;", before=f'<!DOCTYPE svg [<!ENTITY l0 "ha">{LAUGHS}]>'),
    "quadratic laughs": svg("&a;" * 1000, before=f'<!DOCTYPE svg [<!ENTITY a "{"x" * 10_000}">]>'),
    "an external entity": svg("&x;", before='<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
    "an external parameter": svg("", before='<!DOCTYPE svg [<!ENTITY % x SYSTEM "http://127.0.0.1/"> %x;]>'),
    "an attribute by default": svg("", before='<!DOCTYPE svg [<!ATTLIST svg onload CDATA "alert(1)">]>'),
    "a script by an entity": svg("&x;", before='<!DOCTYPE svg [<!ENTITY x "<script>1</script>">]>'),
    "an unknown entity": svg("&nbsp;", before=DOCTYPE),
    "100,000 groups, nested": svg("<g>" * 100_000 + "</g>" * 100_000),
    "300,000 elements": svg("<g/>" * 300_000),
    "UTF-7": svg("+ADw-script+AD4-", before='<?xml version="1.0" encoding="UTF-7"?>'),
    "UTF-16": svg("<script/>", before='<?xml version="1.0" encoding="UTF-16"?>').decode().encode("utf-16"),
    "EBCDIC": svg("", before='<?xml version="1.0" encoding="cp037"?>'),
    "an unknown encoding": svg("", before='<?xml version="1.0" encoding="rot13"?>'),
    "a page of HTML": b"<html><body><script>1</script></body></html>",
    "a page of XHTML": b'<html xmlns="http://www.w3.org/1999/xhtml"><script/></html>',
    "svg of no namespace": b'<svg width="9"><script>1</script></svg>',
    "svg of another namespace": b'<svg xmlns="http://www.w3.org/1999/xhtml"><script>1</script></svg>',
    "HTML after the svg": svg("<rect/>") + b"<script>alert(1)</script>",
    "HTML before the svg": b"<script>alert(1)</script>" + svg("<rect/>"),
    "svgz": b"\x1f\x8b\x08" + bytes(20),
    "no XML": b"GIF89a",
    "half": svg("<rect/>")[:-9],
    "NUL": svg("\0"),
    "blanks": b"   \n",
}
"""What must not pass."""
