import Devices
import Glibc
import Kernel
import SystemPackage
import TestSupport
import Testing

@Suite("The device tree")
struct DeviceTreeTests {
    @Test("each device that has an alias asks once, in the order of the tree; links are not followed")
    func requests() throws {
        let directory = try TemporaryDirectory()
        func device(_ path: String, _ text: String) throws { try directory.write("sys/devices/\(path)/uevent", text) }
        try device("pci0000:00/0000:00:04.0", "DRIVER=virtio-pci\nMODALIAS=pci:v00001AF4\n")
        try device("pci0000:00/0000:00:04.0/virtio1", "DRIVER=virtio_blk\nMODALIAS=virtio:d00000002v00001AF4\n")
        try device("pci0000:00/0000:00:02.0", "MODALIAS=pci:v00008086\nMODALIAS_NOT=x\n")
        try device("platform/serial8250", "MODALIAS=\n")
        try device("platform/empty", "")
        try device("virtual/net/lo", "INTERFACE=lo\nIFINDEX=1\n")
        // A circle, a way out of the tree, and a second way to a device.
        for (link, target) in [
            ("pci0000:00/0000:00:04.0/subsystem", "../../../devices"), ("pci0000:00/loop", "."),
            ("platform/again", "../pci0000:00/0000:00:04.0"), ("outside", "/"),
        ] {
            #expect(unsafe symlink(target, "\(directory.path)/sys/devices/\(link)") == 0)
        }
        try directory.write("sys/bus/pci/devices/0000:00:05.0/uevent", "MODALIAS=pci:none-of-the-tree\n")
        let requests = DeviceTree.requests(in: HostRoot(directory: directory.path)).map { "\($0.device) \($0.alias)" }
        #expect(
            requests == [
                "/sys/devices/pci0000:00/0000:00:02.0 pci:v00008086",
                "/sys/devices/pci0000:00/0000:00:04.0 pci:v00001AF4",
                "/sys/devices/pci0000:00/0000:00:04.0/virtio1 virtio:d00000002v00001AF4",
            ])
    }

    @Test("a device's properties are its uevent file's lines; without a file there are none")
    func properties() throws {
        let directory = try TemporaryDirectory()
        try directory.write("sys/devices/a/uevent", "DRIVER=e1000e\nPCI_ID=8086:10D3\nODD\nEQUALS=a=b\n")
        let root = HostRoot(directory: directory.path)
        let expected = ["DRIVER": "e1000e", "PCI_ID": "8086:10D3", "EQUALS": "a=b"]
        #expect(DeviceTree.properties(of: "/sys/devices/a", in: root) == expected)
        #expect(DeviceTree.properties(of: "/sys/devices/b", in: root).isEmpty)
    }

    @Test("no /sys/devices is no request")
    func empty() throws {
        let directory = try TemporaryDirectory()
        #expect(DeviceTree.requests(in: HostRoot(directory: directory.path)).isEmpty)
    }

    @Test("this machine's aliases are those that find and grep list")
    func live() throws {
        let search = "find /sys/devices -name uevent | xargs grep -H ^MODALIAS="
        // A file may answer ENODEV while its device goes: what grep printed counts.
        let theirs = try attempt("sh", ["-c", search]).lines.map { $0.replacing("/uevent:MODALIAS=", with: " ") }
            .filter { !$0.hasSuffix(" ") }
        let ours = DeviceTree.requests(in: .live).map { "\($0.device) \($0.alias)" }
        #expect(!theirs.isEmpty && ours.sorted() == theirs.sorted())
    }
}
