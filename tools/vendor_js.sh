#!/bin/sh
# Remakes what Mulin takes from npm: htmx lowered for Chrome 61 / iOS 12, and the icon sprite.
# Run from the repository's root; needs node and npm. The results are committed: nobody else runs it.
set -eu

HTMX=2.0.11
LUCIDE=1.62.0
ESBUILD=0.28.2
STATIC=mulin/kit/static
# Icons by name; the sprite holds these and no others. Add a name here to have one more.
ICONS="a-large-small annoyed armchair arrow-right baby bell building-2 calendar-days camera car
chart-column check chevron-down chevron-left chevron-right circle-check clipboard-list clock
door-open download droplets eye file-text frown graduation-cap hand-coins heart heart-handshake
history hourglass house id-card image info lamp-wall-up languages laugh lightbulb list lock log-in
log-out map-pin megaphone meh menu message-circle mic moon package paperclip pause pencil phone play
plus printer qr-code refresh-cw route scissors search send settings shield siren smile star
stethoscope sun trash-2 trees triangle-alert undo-2 upload user users utensils volume-2 vote
wrench x zap"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fetch() {
    (cd "$work" && npm pack --silent "$1" >/dev/null && mkdir "$2" && tar -xzf "$2"-*.tgz -C "$2" --strip-components=1)
}

fetch "htmx.org@$HTMX" htmx.org
to=$STATIC/vendor/htmx-$HTMX
rm -rf $STATIC/vendor/htmx-*
mkdir -p "$to"
npx --yes "esbuild@$ESBUILD" "$work/htmx.org/dist/htmx.js" --target=chrome61,ios12 --minify --outfile="$to/htmx.min.js" --log-level=warning
cp "$work/htmx.org/LICENSE" "$to/LICENSE"
printf 'htmx %s, as published, lowered and shortened by esbuild %s for Chrome 61 and iOS 12\n(--target=chrome61,ios12 --minify). Made by: sh tools/vendor_js.sh\n' "$HTMX" "$ESBUILD" > "$to/HOW.txt"

fetch "lucide-static@$LUCIDE" lucide-static
to=$STATIC/vendor/lucide-$LUCIDE
rm -rf $STATIC/vendor/lucide-*
mkdir -p "$to"
cp "$work/lucide-static/LICENSE" "$to/LICENSE"
printf 'The icons named in tools/vendor_js.sh, taken from lucide-static %s and put into one sprite.\nDrawn for 24 px with a line of 2 in the colour of the text. Made by: sh tools/vendor_js.sh\n' "$LUCIDE" > "$to/HOW.txt"
{
    printf '<svg xmlns="http://www.w3.org/2000/svg"><!-- Lucide %s, ISC licence; see LICENSE beside this file. -->\n' "$LUCIDE"
    for name in $ICONS; do
        # Stroke and fill are inherited from the page: `.icon` in mulin.css.
        printf '<symbol id="%s" viewBox="0 0 24 24">' "$name"
        sed -e '1,/^>$/d' -e '/^<\/svg>/d' -e 's/^ *//' -e 's| />|/>|' "$work/lucide-static/icons/$name.svg" | tr -d '\n'
        printf '</symbol>\n'
    done
    printf '</svg>\n'
} > "$to/icons.svg"
