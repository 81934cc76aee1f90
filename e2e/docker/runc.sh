# Sourced: what containers that runc runs need, and an image for them.

# why_no_runc: prints what is missing for pouchd's containers by runc and for an image of busybox, or fails.
why_no_runc() {
  [ "$(id -u)" -eq 0 ] || { echo "containers need root" && return; }
  local tool
  for tool in runc busybox unshare; do
    command -v "$tool" > /dev/null || { echo "$tool is not installed" && return; }
  done
  ! ldd "$(command -v busybox)" > /dev/null 2>&1 || { echo "busybox is not linked statically (Debian: busybox-static)" && return; }
  ! unshare -m true 2> /dev/null || return 1
  echo "nothing can be mounted here"
}

# busybox_image ARCHIVE: the image `busybox:latest` of this machine's static busybox, as `docker save` writes it.
busybox_image() {
  local folder="$1.d" busybox applet
  busybox=$(command -v busybox)
  mkdir -p "$folder"/layer/{bin,dev,etc,proc,root,sys,tmp}
  cp "$busybox" "$folder/layer/bin/busybox"
  for applet in $("$busybox" --list); do
    [ "$applet" = busybox ] || ln -s busybox "$folder/layer/bin/$applet"
  done
  echo 'root:x:0:0:root:/root:/bin/sh' > "$folder/layer/etc/passwd"
  tar -C "$folder/layer" --owner=0 --group=0 --numeric-owner -cf "$1.layer" .
  rm -r "$folder"
  image_of "$1.layer" "$1"
  rm "$1.layer"
}

# image_of LAYER ARCHIVE [NAME]: an image of the files in a tar, by default `busybox`, as `docker save` writes it.
image_of() {
  local folder="$2.d" architecture digest config
  mkdir "$folder"
  cp "$1" "$folder/layer.tar"
  digest=$(sha256sum "$1" | cut -d ' ' -f 1)
  case $(uname -m) in
    x86_64) architecture=amd64 ;;
    aarch64) architecture=arm64 ;;
    *) architecture=$(uname -m) ;;
  esac
  cat > "$folder/config.json" << JSON
{"architecture":"$architecture","os":"linux","config":{"Env":["PATH=/bin"],"Cmd":["sh"]},"rootfs":{"type":"layers","diff_ids":["sha256:$digest"]}}
JSON
  config=$(sha256sum "$folder/config.json" | cut -d ' ' -f 1)
  mv "$folder/config.json" "$folder/$config.json"
  echo "[{\"Config\":\"$config.json\",\"RepoTags\":[\"${3:-busybox}:latest\"],\"Layers\":[\"layer.tar\"]}]" > "$folder/manifest.json"
  tar -C "$folder" -cf "$2" manifest.json "$config.json" layer.tar
  rm -r "$folder"
}
