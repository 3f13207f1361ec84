"""The words that an SVG may use: elements and attributes that draw, and what drawing programs note beside them."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# What drawing programs note about a drawing. Browsers know none of these, and so do nothing with them.
NOTES = (
    "http://cipa.jp/",
    "http://creativecommons.org/ns",
    "http://inkscape.sourceforge.net/",
    "http://ns.adobe.com/",
    "http://purl.org/",
    "http://schemas.microsoft.com/visio/",
    "http://sodipodi.sourceforge.net/",
    "http://web.resource.org/cc/",
    "http://www.bohemiancoding.com/sketch/",
    "http://www.corel.com/",
    "http://www.figma.com/",
    "http://www.inkscape.org/namespaces/",
    "http://www.openswatchbook.org/",
    "http://www.serif.com/",
    "http://www.vectornator.io",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns",
    "http://www.w3.org/2000/01/rdf-schema",
    "http://www.boxy-svg.com",
    "https://boxy-svg.com",
    "https://schema.org/",
    "https://www.figma.com/",
    "https://www.inkscape.org/",
)
ELEMENTS = _words(
    "a animate animateColor animateMotion animateTransform circle clipPath color-profile defs desc ellipse feBlend "
    "feColorMatrix feComponentTransfer feComposite feConvolveMatrix feDiffuseLighting feDisplacementMap "
    "feDistantLight feDropShadow feFlood feFuncA feFuncB feFuncG feFuncR feGaussianBlur feImage feMerge feMergeNode "
    "feMorphology feOffset fePointLight feSpecularLighting feSpotLight feTile feTurbulence filter flowDiv flowPara "
    "flowRegion flowRoot flowSpan font font-face font-face-name font-face-src g glyph hatch hatchpath hkern image line "
    "linearGradient marker mask mesh meshgradient meshpatch meshrow metadata missing-glyph mpath path pattern polygon "
    "polyline radialGradient rect set solidcolor stop style svg switch symbol text textPath title tspan use view "
    "vkern"
)
PROPERTIES = _words(
    "alignment-baseline baseline-shift clip clip-path clip-rule color color-interpolation color-interpolation-filters "
    "color-profile color-rendering cursor cx cy d direction display dominant-baseline enable-background fill "
    "fill-opacity fill-rule filter flood-color flood-opacity font font-family font-feature-settings font-kerning "
    "font-size font-size-adjust font-stretch font-style font-variant font-variant-caps font-variant-ligatures "
    "font-variant-numeric font-weight glyph-orientation-horizontal glyph-orientation-vertical height image-rendering "
    "inline-size isolation kerning letter-spacing lighting-color line-height marker marker-end marker-mid marker-start "
    "mask mask-type mix-blend-mode opacity overflow paint-order pointer-events r rx ry shape-inside shape-margin "
    "shape-padding shape-rendering shape-subtract solid-color solid-opacity stop-color stop-opacity stroke "
    "stroke-dasharray stroke-dashoffset stroke-linecap stroke-linejoin stroke-miterlimit stroke-opacity stroke-width "
    "text-align text-align-last text-anchor text-decoration text-decoration-color text-decoration-line "
    "text-decoration-style text-indent text-orientation text-overflow text-rendering text-transform transform "
    "transform-box transform-origin unicode-bidi user-select vector-effect visibility white-space width word-spacing "
    "writing-mode x x1 x2 y y1 y2"
)
"""Attributes that are also properties of CSS, or may be animated as they are."""
OTHERS = _words(
    "accent-height accumulate additive advance-width alphabetic amplitude arabic-form ascent attributeName "
    "attributeType azimuth bandwidth base-profile baseFrequency baseProfile bbox begin bias by calcMode cap-height "
    "class clipPathUnits contentScriptType contentStyleType coordsize decoding descent diffuseConstant "
    "divisor download dur dx dy edgeMode elevation end exponent externalResourcesRequired "
    "filterPrimitiveUnits filterRes filterUnits focusable format fr from fx fy g1 g2 glyph-name glyphRef "
    "gradientTransform gradientUnits hanging hatchContentUnits hatchUnits horiz-adv-x horiz-origin-x horiz-origin-y "
    "hreflang id ideographic in in2 intercept k k1 k2 k3 k4 kernelMatrix kernelUnitLength keyPoints keySplines "
    "keyTimes lang lengthAdjust limitingConeAngle local markerHeight markerUnits markerWidth maskContentUnits "
    "maskUnits mathematical max media method min mode name numOctaves offset operator order orient orientation "
    "origin overline-position overline-thickness panose-1 path pathLength patternContentUnits patternTransform "
    "patternUnits pitch points pointsAtX pointsAtY pointsAtZ preserveAlpha preserveAspectRatio primitiveUnits radius "
    "refX refY rel rendering-intent repeatCount repeatDur requiredExtensions requiredFeatures requiredFonts "
    "requiredFormats restart result role rotate scale seed side slope spacing specularConstant specularExponent "
    "spreadMethod startOffset stdDeviation stemh stemv stitchTiles strikethrough-position strikethrough-thickness "
    "string style surfaceScale systemLanguage tabindex tableValues target targetX targetY textLength title "
    "to type u1 u2 underline-position underline-thickness unicode unicode-range units-per-em v-alphabetic v-hanging "
    "v-ideographic v-mathematical values version vert-adv-y vert-origin-x vert-origin-y viewBox viewTarget widths "
    "x-height xChannelSelector yChannelSelector z zoomAndPan"
)
# Attributes that browsers know nothing of, from draw.io, Mermaid, Figma, Sketch and the like.
TOOLS = _words(
    "about agent alt author content datatype edge filename host label note noteX noteY parent property resource "
    "rev text typeof vocab"
)
UNREAD = _words(
    "about agent alt author class content datatype desc filename id label note property resource rev role string text "
    "title typeof vocab"
)
"""Attributes whose value is text for people or tools."""
ATTRIBUTES = PROPERTIES | OTHERS | TOOLS
ANIMATED = (PROPERTIES | OTHERS) - {"class", "style", "target", "type"}
"""What an animation may change."""
