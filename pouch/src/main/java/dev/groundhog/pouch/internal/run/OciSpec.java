package dev.groundhog.pouch.internal.run;

import dev.groundhog.pouch.internal.spec.HostConfig;
import dev.groundhog.pouch.internal.spec.HostConfig.Network;
import dev.groundhog.pouch.internal.spec.ProcessConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// A container in the words of the [OCI runtime specification][1], isolated as Docker does by
/// default, but for seccomp and AppArmor.
///
/// [1]: https://github.com/opencontainers/runtime-spec/blob/main/config.md
final class OciSpec {
  private static final String VERSION = "1.0.2";

  private static final List<String> CAPABILITIES =
      List.of(
          "CAP_CHOWN",
          "CAP_DAC_OVERRIDE",
          "CAP_FSETID",
          "CAP_FOWNER",
          "CAP_MKNOD",
          "CAP_NET_RAW",
          "CAP_SETGID",
          "CAP_SETUID",
          "CAP_SETFCAP",
          "CAP_SETPCAP",
          "CAP_NET_BIND_SERVICE",
          "CAP_SYS_CHROOT",
          "CAP_KILL",
          "CAP_AUDIT_WRITE");

  private static final List<String> MASKED =
      List.of(
          "/proc/asound",
          "/proc/acpi",
          "/proc/kcore",
          "/proc/keys",
          "/proc/latency_stats",
          "/proc/timer_list",
          "/proc/timer_stats",
          "/proc/sched_debug",
          "/proc/scsi",
          "/sys/firmware",
          "/sys/devices/virtual/powercap");

  private static final List<String> READ_ONLY =
      List.of("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger");

  private OciSpec() {}

  /// A whole container.
  ///
  /// @param bundle the folder where runc finds this; its file system is `rootfs` there
  /// @param ownFiles files of the bundle that are mounted in the container, by their place there
  static Map<String, Object> container(
      String id,
      String hostname,
      Map<String, Object> process,
      HostConfig host,
      Path bundle,
      Map<String, String> ownFiles) {
    Map<String, Object> spec = new LinkedHashMap<>();
    spec.put("ociVersion", VERSION);
    spec.put("process", process);
    spec.put("root", Map.of("path", "rootfs", "readonly", host.isRootReadOnly()));
    spec.put("hostname", hostname);
    spec.put("mounts", mounts(host.binds(), bundle, ownFiles));
    spec.put("linux", linux(id, host));
    return spec;
  }

  /// A process, a container's first or a further one.
  static Map<String, Object> process(
      ProcessConfig config, String workingDirectory, ContainerUser user, List<String> environment) {
    Map<String, Object> process = new LinkedHashMap<>();
    process.put("terminal", config.isTerminal());
    process.put(
        "user", Map.of("uid", user.uid(), "gid", user.gid(), "additionalGids", user.groups()));
    process.put("args", config.command());
    process.put("env", environment);
    process.put("cwd", workingDirectory.isEmpty() ? "/" : workingDirectory);
    // Who is not root has those that its files give it.
    process.put(
        "capabilities",
        user.uid() == 0
            ? Map.of("bounding", CAPABILITIES, "effective", CAPABILITIES, "permitted", CAPABILITIES)
            : Map.of("bounding", CAPABILITIES));
    process.put("noNewPrivileges", false);
    process.put("oomScoreAdj", 0);
    return process;
  }

  private static List<Map<String, Object>> mounts(
      List<HostConfig.Bind> binds, Path bundle, Map<String, String> ownFiles) {
    List<Map<String, Object>> mounts =
        new ArrayList<>(
            List.of(
                mount("/proc", "proc", "proc", "nosuid", "noexec", "nodev"),
                mount("/dev", "tmpfs", "tmpfs", "nosuid", "strictatime", "mode=755", "size=65536k"),
                mount(
                    "/dev/pts",
                    "devpts",
                    "devpts",
                    "nosuid",
                    "noexec",
                    "newinstance",
                    "ptmxmode=0666",
                    "mode=0620",
                    "gid=5"),
                mount("/sys", "sysfs", "sysfs", "nosuid", "noexec", "nodev", "ro"),
                mount("/sys/fs/cgroup", "cgroup", "cgroup", "ro", "nosuid", "noexec", "nodev"),
                mount("/dev/mqueue", "mqueue", "mqueue", "nosuid", "noexec", "nodev"),
                mount(
                    "/dev/shm",
                    "tmpfs",
                    "shm",
                    "nosuid",
                    "noexec",
                    "nodev",
                    "mode=1777",
                    "size=65536k")));
    Set<String> taken =
        binds.stream().map(HostConfig.Bind::target).collect(Collectors.toUnmodifiableSet());
    mounts.removeIf(mount -> taken.contains(String.valueOf(mount.get("destination"))));
    ownFiles.forEach((target, file) -> {
      if (!taken.contains(target)) {
        mounts.add(mount(target, "bind", bundle.resolve(file).toString(), "rbind", "rprivate"));
      }
    });
    binds.stream()
        .map(bind ->
            mount(
                bind.target(),
                "bind",
                bind.source(),
                "rbind",
                bind.isReadOnly() ? "ro" : "rw",
                "rprivate"))
        .forEach(mounts::add);
    // As Docker does: a bind of /etc hides what else is there, but not /etc/hosts.
    mounts.sort(
        Comparator.comparingInt(
            mount -> Path.of(String.valueOf(mount.get("destination"))).getNameCount()));
    return mounts;
  }

  private static Map<String, Object> mount(
      String destination, String type, String source, String... options) {
    Map<String, Object> mount = new LinkedHashMap<>();
    mount.put("destination", destination);
    mount.put("type", type);
    mount.put("source", source);
    mount.put("options", List.of(options));
    return mount;
  }

  private static Map<String, Object> linux(String id, HostConfig host) {
    List<String> namespaces = new ArrayList<>(List.of("mount", "uts", "pid", "ipc"));
    Map<String, Object> linux = new LinkedHashMap<>();
    if (host.network().equals(Network.NONE)) {
      namespaces.add("network");
      linux.put(
          "sysctl",
          Map.of(
              "net.ipv4.ip_unprivileged_port_start",
              "0",
              "net.ipv4.ping_group_range",
              "0 2147483647"));
    }
    if (Cgroups.isUnified()) {
      namespaces.add("cgroup");
    }
    linux.put("namespaces", namespaces.stream().map(type -> Map.of("type", type)).toList());
    linux.put("cgroupsPath", Cgroups.path(id));
    linux.put("resources", resources(host));
    linux.put("maskedPaths", MASKED);
    linux.put("readonlyPaths", READ_ONLY);
    return linux;
  }

  private static Map<String, Object> resources(HostConfig host) {
    Map<String, Object> resources = new LinkedHashMap<>();
    // runc allows the devices that it makes.
    resources.put("devices", List.of(Map.of("allow", false, "access", "rwm")));
    if (host.memoryBytes() > 0) {
      Map<String, Object> memory = new LinkedHashMap<>();
      memory.put("limit", host.memoryBytes());
      if (Cgroups.canLimitSwap()) {
        memory.put("swap", 2 * host.memoryBytes()); // of both together
      }
      resources.put("memory", memory);
    }
    if (host.pidsLimit() > 0) {
      resources.put("pids", Map.of("limit", host.pidsLimit()));
    }
    return resources;
  }
}
