public import Kernel
internal import SystemPackage

extension PlatformFacts {
    /// Reads a host. What is absent or may not be read is missing from the facts; nothing of it is an error.
    ///
    /// `blockLabels` are the labels that a prober found, for the files of `/sys` do not have them.
    public init(reading host: HostRoot, blockLabels: [String] = []) {
        for field in DMIField.allCases {
            dmi[field] = Self.text(host, FilePath("/sys/class/dmi/id").appending(field.rawValue))
        }
        hypervisorUUID = Self.text(host, "/sys/hypervisor/uuid")
        virtualization = Virtualization.word(of: host, dmi: dmi)
        self.blockLabels = blockLabels
        virtioPorts = host.entriesIfPresent(of: "/sys/class/virtio-ports").compactMap {
            Self.text(
                host,
                FilePath("/sys/class/virtio-ports").appending([FilePath.Component($0), "name"].compactMap(\.self)))
        }
        fwCfg = Self.items(host)
        commandLine = host.textIfPresent("/proc/cmdline")
        isContainer = Self.isContainer(host)
    }

    private static func text(_ host: HostRoot, _ path: FilePath) -> String? {
        guard let text = host.textIfPresent(path, limit: 4096), !text.isEmpty else { return nil }
        return text
    }

    /// The items of `/sys/firmware/qemu_fw_cfg/by_name`, where an item is a directory with a file `raw`
    /// (Documentation/ABI/testing/sysfs-firmware-qemu_fw_cfg).
    private static func items(_ host: HostRoot) -> [String] {
        let top: FilePath = "/sys/firmware/qemu_fw_cfg/by_name"
        var items: [String] = []
        var open: [(name: String, depth: Int)] = host.entriesIfPresent(of: top).map { ($0, 1) }
        // QEMU has room for some 64 names of 55 bytes; a directory tree that poses as a host may have no end.
        while let (name, depth) = open.popLast(), items.count < 256 {
            let entries = host.entriesIfPresent(of: FilePath("\(top)/\(name)"))
            if entries.contains("raw") {
                items.append(name)
            } else if depth < 8, open.count < 1024 {
                open += entries.map { ("\(name)/\($0)", depth + 1) }
            }
        }
        return items.sorted()
    }

    /// As systemd, Docker, podman and LXC mark what they start.
    private static func isContainer(_ host: HostRoot) -> Bool {
        for mark in ["/run/systemd/container", "/run/host/container-manager", "/run/.containerenv", "/.dockerenv"] {
            if (try? host.contents(of: FilePath(mark), limit: 256)) != nil { return true }
        }
        let environment = (try? host.contents(of: "/proc/1/environ", limit: 65_536)) ?? []
        return environment.split(separator: 0).contains { $0.starts(with: Array("container=".utf8)) && $0.count > 10 }
    }
}
