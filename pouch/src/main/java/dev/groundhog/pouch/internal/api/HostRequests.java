package dev.groundhog.pouch.internal.api;

import dev.groundhog.pouch.internal.errors.ApiException;
import dev.groundhog.pouch.internal.spec.HostConfig;
import dev.groundhog.pouch.internal.spec.HostConfig.Bind;
import dev.groundhog.pouch.internal.spec.HostConfig.Form;
import dev.groundhog.pouch.internal.spec.HostConfig.Network;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// Reads what a client wants a container to have of this machine: `HostConfig`.
final class HostRequests {
  private static final long LEAST_MEMORY_BYTES = 6 << 20;
  private static final int MOST_BINDS = 1_000;

  /// A swappiness that was not asked for.
  private static final int UNSET = -1;

  private static final String READ_ONLY = "ro";

  /// Words of a bind's mode that ask for nothing, where there are no labels of SELinux.
  private static final Set<String> HARMLESS =
      Set.of("rw", "z", "Z", "rprivate", "consistent", "cached", "delegated", "nocopy");

  private static final Set<String> KNOWN =
      Set.of(
          "AutoRemove",
          "Binds",
          "ConsoleSize",
          "ContainerIDFile",
          "LogConfig",
          "Memory",
          "MemorySwap",
          "MemorySwappiness",
          "Mounts",
          "NetworkMode",
          "PidsLimit",
          "ReadonlyRootfs",
          "RestartPolicy");

  private static final Map<String, String> REFUSED =
      Map.ofEntries(
          Map.entry("Tmpfs", "tmpfs mounts (--tmpfs)"),
          Map.entry("VolumesFrom", "volumes of others (--volumes-from)"),
          Map.entry("VolumeDriver", "drivers of volumes (--volume-driver)"),
          Map.entry("PortBindings", "published ports (-p)"),
          Map.entry("PublishAllPorts", "published ports (-P)"),
          Map.entry("Links", "links (--link)"),
          Map.entry("Privileged", "privileged containers (--privileged)"),
          Map.entry("CapAdd", "capabilities (--cap-add)"),
          Map.entry("CapDrop", "capabilities (--cap-drop)"),
          Map.entry("SecurityOpt", "security options (--security-opt)"),
          Map.entry("Devices", "devices (--device)"),
          Map.entry("DeviceRequests", "devices (--gpus)"),
          Map.entry("MemoryReservation", "a soft memory limit (--memory-reservation)"),
          Map.entry("OomScoreAdj", "a score for want of memory (--oom-score-adj)"),
          Map.entry("OomKillDisable", "no end for want of memory (--oom-kill-disable)"),
          Map.entry("NanoCpus", "a limit of processors (--cpus)"),
          Map.entry("CpuQuota", "a limit of processors (--cpu-quota)"),
          Map.entry("CpuShares", "shares of processors (--cpu-shares)"),
          Map.entry("CpusetCpus", "chosen processors (--cpuset-cpus)"),
          Map.entry("Ulimits", "limits of processes (--ulimit)"),
          Map.entry("Sysctls", "kernel settings (--sysctl)"),
          Map.entry("ShmSize", "the size of /dev/shm (--shm-size)"),
          Map.entry("Init", "an init process (--init)"),
          Map.entry("Dns", "name servers (--dns)"),
          Map.entry("ExtraHosts", "entries of /etc/hosts (--add-host)"),
          Map.entry("GroupAdd", "further groups (--group-add)"),
          Map.entry("PidMode", "shared processes (--pid)"),
          Map.entry("IpcMode", "shared memory of others (--ipc)"),
          Map.entry("UTSMode", "the host's name (--uts)"),
          Map.entry("UsernsMode", "user namespaces (--userns)"),
          Map.entry("CgroupParent", "a parent cgroup (--cgroup-parent)"),
          Map.entry("Runtime", "choosing a runtime (--runtime)"));

  private HostRequests() {}

  static HostConfig config(JsonNode host) {
    Fields.refuseOthers(host, KNOWN, REFUSED, "HostConfig");
    String restart = Fields.text(Fields.object(host, "RestartPolicy"), "Name");
    if (!restart.isEmpty() && !restart.equals("no")) {
      throw Fields.unsupported("restarting (--restart)");
    }
    long memoryBytes = Math.max(0, Fields.number(host, "Memory", 0, Long.MAX_VALUE / 2));
    if (memoryBytes > 0 && memoryBytes < LEAST_MEMORY_BYTES) {
      throw Fields.bad("Minimum memory limit allowed is 6MB");
    }
    long swap = Fields.number(host, "MemorySwap", 0, Long.MAX_VALUE);
    if (swap != 0 && swap != 2 * memoryBytes) {
      throw Fields.unsupported("a limit of swap other than as much as of memory (--memory-swap)");
    }
    if (Fields.number(host, "MemorySwappiness", UNSET, Long.MAX_VALUE) != UNSET) {
      throw Fields.unsupported("a readiness to swap (--memory-swappiness)");
    }
    return new HostConfig(
        binds(host),
        memoryBytes,
        Math.max(0, Fields.number(host, "PidsLimit", 0, Long.MAX_VALUE)),
        network(Fields.text(host, "NetworkMode")),
        Fields.flag(host, "ReadonlyRootfs"));
  }

  private static Network network(String mode) {
    if (mode.equals("bridge") || mode.startsWith("container:")) {
      throw Fields.unsupported("the network \"" + mode + "\" (--network)");
    }
    return mode.isEmpty() ? Network.DEFAULT : new Network(mode);
  }

  private static List<Bind> binds(JsonNode host) {
    List<Bind> all = new ArrayList<>();
    for (String bind : Fields.strings(host, "Binds")) {
      all.add(volume(bind));
    }
    Fields.array(host, "Mounts").forEach(mount -> all.add(mount(mount)));
    if (all.size() > MOST_BINDS) {
      throw Fields.bad("more than " + MOST_BINDS + " mounts");
    }
    Set<String> targets = new HashSet<>();
    for (Bind bind : all) {
      if (!targets.add(bind.target())) {
        throw Fields.bad("Duplicate mount point: " + bind.target());
      }
    }
    return all;
  }

  /// `SOURCE:TARGET[:MODE,…]`.
  private static Bind volume(String text) {
    String[] parts = text.split(":", -1);
    if (parts.length == 1) {
      throw Fields.unsupported("volumes (-v " + text + ")");
    }
    if (parts.length > 3
        || parts[0].isEmpty()
        || parts[1].isEmpty()
        || (parts.length == 2 && isMode(words(parts[1])))) {
      throw Fields.bad("invalid volume specification: '" + text + "'");
    }
    String mode = parts.length == 3 ? parts[2] : "";
    Set<String> words = words(mode);
    if (!isMode(words)) {
      throw Fields.bad("invalid mode: " + mode);
    }
    if (!parts[0].startsWith("/")) {
      throw Fields.unsupported("volumes (-v " + parts[0] + ":…)");
    }
    String specification = "invalid volume specification: '" + text + "': ";
    return new Bind(
        Form.VOLUME,
        clean(parts[0], specification),
        target(parts[1], specification),
        mode,
        words.contains(READ_ONLY));
  }

  private static Set<String> words(String mode) {
    return mode.isEmpty() ? Set.of() : new HashSet<>(List.of(mode.split(",", -1)));
  }

  private static boolean isMode(Set<String> words) {
    return words.stream().allMatch(word -> word.equals(READ_ONLY) || HARMLESS.contains(word));
  }

  private static Bind mount(JsonNode mount) {
    String type = Fields.text(mount, "Type");
    if (!type.equals("bind")) {
      throw Fields.unsupported("mounts of type \"" + type + "\" (--mount)");
    }
    Fields.refuseOthers(
        mount,
        Set.of("Type", "Source", "Target", "ReadOnly", "Consistency"),
        Map.of("BindOptions", "options of bind mounts (--mount bind-…)"),
        "Mounts");
    String source = Fields.text(mount, "Source");
    if (!source.startsWith("/")) {
      throw Fields.bad(
          "invalid mount config for type \"bind\": invalid mount path: '"
              + source
              + "' mount path must be absolute");
    }
    String cleaned = clean(source, "");
    if (!Files.exists(Path.of(cleaned))) {
      throw Fields.bad(
          "invalid mount config for type \"bind\": bind source path does not exist: " + source);
    }
    return new Bind(
        Form.MOUNT,
        cleaned,
        target(Fields.text(mount, "Target"), ""),
        "",
        Fields.flag(mount, "ReadOnly"));
  }

  private static String target(String target, String specification) {
    if (!target.startsWith("/")) {
      throw Fields.bad(
          specification
              + "invalid mount config for type \"bind\": invalid mount path: '"
              + target
              + "' mount path must be absolute");
    }
    String cleaned = clean(target, specification);
    if (cleaned.equals("/")) {
      throw Fields.bad(
          specification
              + "invalid mount config for type \"bind\": invalid specification: destination can't"
              + " be '/'");
    }
    return cleaned;
  }

  private static String clean(String path, String specification) {
    try {
      return Path.of(path).normalize().toString();
    } catch (InvalidPathException e) {
      throw new ApiException(ApiException.Code.BAD_REQUEST, specification + "no path: " + path, e);
    }
  }
}
