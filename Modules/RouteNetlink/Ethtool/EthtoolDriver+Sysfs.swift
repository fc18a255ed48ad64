public import Kernel
internal import SystemPackage

extension EthtoolDriver {
    /// The driver's name and where the device is, out of sysfs: what ethtool_get_drvinfo (net/ethtool/ioctl.c) falls back to. A link
    /// without a device has its kind for a driver; one without either has none.
    ///
    /// sysfs shows the network namespace that it was mounted in, which need not be that of the link: what it has under the link's name is
    /// taken only where the link's number and hardware address are the same.
    public init?(of link: Link, in root: HostRoot) {
        let folder = FilePath("/sys/class/net").appending(link.name)
        let isSame =
            root.textIfPresent(folder.appending("ifindex")) == "\(link.index)"
            && root.textIfPresent(folder.appending("address")) == link.hardwareAddress.description
        guard isSame, let driver = root.linkName(of: folder.appending("device/driver")) else {
            guard let kind = link.kind else { return nil }
            self.init(name: kind, bus: nil)
            return
        }
        // ../../devices/pci0000:00/0000:00:02.0/virtio0/net/eth0: the device is before `net`.
        let path = (try? root.linkTarget(of: folder))?.components.map(\.string) ?? []
        var devices = path.dropLast()
        if devices.last == "net" { devices = devices.dropLast() }
        // Of a virtio device the bus is that of the device that it is behind (virtio_bus_name).
        if root.linkName(of: folder.appending("device/subsystem")) == "virtio" { devices = devices.dropLast() }
        let module = root.linkName(of: folder.appending("device/driver/module"))
        self.init(
            name: driver, bus: devices.last,
            moduleVersion: module.flatMap {
                root.textIfPresent(FilePath("/sys/module").appending($0).appending("version"))
            })
    }
}
