import Devices
import TestSupport
import Testing

@Suite("Uevents")
struct UeventTests {
    /// As Linux 6.1 sent it for a virtio disk's driver (`udevadm monitor -kp` shows the same keys).
    private static let strings = [
        "add@/devices/pci0000:00/0000:00:04.0/virtio1", "ACTION=add",
        "DEVPATH=/devices/pci0000:00/0000:00:04.0/virtio1",
        "SUBSYSTEM=virtio", "MODALIAS=virtio:d00000002v00001AF4", "SEQNUM=1234",
    ]
    private static var bytes: [UInt8] { bytes(strings) }

    private static func bytes(_ strings: [String]) -> [UInt8] { strings.flatMap { Array($0.utf8) + [0] } }

    @Test("the kernel's form is read: the head, then every key")
    func kernelForm() throws {
        let event = try #require(Uevent(Self.bytes))
        #expect(event.action == "add" && event.devicePath == "/devices/pci0000:00/0000:00:04.0/virtio1")
        #expect(event.subsystem == "virtio" && event.modalias == "virtio:d00000002v00001AF4")
        #expect(event.sequenceNumber == 1234)
        #expect(event.properties.count == 5 && event.properties["ACTION"] == "add")
    }

    @Test("udevd's form on the same protocol is refused")
    func libudevForm() {
        // struct udev_monitor_netlink_header: prefix, magic 0xfeedcafe in network order, then offsets and hashes.
        let header = Array("libudev".utf8) + [0, 0xfe, 0xed, 0xca, 0xfe, 40, 0, 0, 0, 40, 0, 0, 0, 0, 1, 0, 0]
        #expect(Uevent(header) == nil)
        #expect(Uevent(header + Self.bytes) == nil)
    }

    @Test("every prefix is an event of that head, or none, and never a trap")
    func prefixes() {
        let head = Self.strings[0].utf8.count
        for length in 0...Self.bytes.count {
            let event = Uevent(Array(Self.bytes.prefix(length)))
            if length <= 4 { #expect(event == nil) }
            if length >= head {
                #expect(event?.action == "add" && event?.devicePath == "/devices/pci0000:00/0000:00:04.0/virtio1")
            }
            #expect((event?.properties.count ?? 0) <= 5)
        }
    }

    @Test("bytes without a zero are one head, whose rest is its path")
    func noZeros() {
        #expect(Uevent(Array("add@/devices/x".utf8))?.devicePath == "/devices/x")
        #expect(Uevent(Array("add@/devices/x".utf8))?.properties.isEmpty == true)
        #expect(Uevent(Array("ACTION=add".utf8)) == nil)
    }

    @Test(
        "what has no head, no action or no absolute path is no event",
        arguments: ["", "@/x", "add", "add@", "add@x", "@"])
    func noHead(_ head: String) {
        #expect(Uevent(Self.bytes([head, "SEQNUM=1"])) == nil)
        #expect(Uevent([]) == nil && Uevent([0, 0, 0]) == nil)
    }

    @Test("the first of a key counts; a string without a key or an equals sign is passed over; a value may have one")
    func duplicateKeys() throws {
        let event = try #require(
            Uevent(Self.bytes(["change@/d", "SEQNUM=1", "SEQNUM=2", "=empty", "NOTHING", "A=b=c", "E="])))
        #expect(event.properties == ["SEQNUM": "1", "A": "b=c", "E": ""])
        #expect(event.sequenceNumber == 1 && event.subsystem == nil && event.modalias == nil)
    }

    @Test("a sequence number that is none is nil", arguments: ["-1", "x", "", "18446744073709551616", "1 "])
    func badSequenceNumber(_ text: String) throws {
        #expect(try #require(Uevent(Self.bytes(["add@/d", "SEQNUM=\(text)"]))).sequenceNumber == nil)
    }

    @Test("20,000 damaged events are events or none, and never a trap")
    func damaged() {
        var generator = SeededGenerator(seed: 0x5110)
        for _ in 0..<20_000 {
            guard let event = Uevent(generator.damaged(Self.bytes)) else { continue }
            #expect(!event.action.isEmpty && event.devicePath.hasPrefix("/"))
        }
    }
}
