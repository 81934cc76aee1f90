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
  local folder="$1.d" busybox applet architecture digest config
  busybox=$(command -v busybox)
  mkdir -p "$folder"/layer/{bin,dev,etc,proc,root,sys,tmp}
  cp "$busybox" "$folder/layer/bin/busybox"
  for applet in $("$busybox" --list); do
    [ "$applet" = busybox ] || ln -s busybox "$folder/layer/bin/$applet"
  done
  echo 'root:x:0:0:root:/root:/bin/sh' > "$folder/layer/etc/passwd"
  tar -C "$folder/layer" --owner=0 --group=0 --numeric-owner -cf "$folder/layer.tar" .
  digest=$(sha256sum "$folder/layer.tar" | cut -d ' ' -f 1)
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
  echo "[{\"Config\":\"$config.json\",\"RepoTags\":[\"busybox:latest\"],\"Layers\":[\"layer.tar\"]}]" > "$folder/manifest.json"
  tar -C "$folder" -cf "$1" manifest.json "$config.json" layer.tar
  rm -r "$folder"
}
