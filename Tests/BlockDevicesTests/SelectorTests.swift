import BlockDevices
import Kernel
import TestSupport
import Testing

@Suite("Selectors of disks")
struct SelectorTests {
    /// Two disks of a tree.
    private static func disks() throws -> [Disk] {
        let tree = try SysfsTree()
        try tree.disk(
            "pci0000:00/0000:00:04.0/nvme/nvme0/nvme0n1", sectors: "1953525168",
            [
                "dev": "259:0", "queue/logical_block_size": "512", "queue/rotational": "0",
                "removable": "0", "ro": "0", "device/model": "Samsung SSD 980 1TB", "device/serial": "S649NX0R",
                "wwid": "eui.002538d411b1a8f0",
            ])
        try tree.disk(
            "pci0000:00/0000:00:1f.2/ata1/host0/target0:0:0/0:0:0:0/block/sda", sectors: "7814037168",
            [
                "dev": "8:0", "queue/logical_block_size": "512", "queue/rotational": "1",
                "removable": "1", "ro": "0", "device/model": "ST4000",
            ])
        return Disk.all(in: tree.root)
    }

    @Test(
        "what matches",
        arguments: [
            ("size >= 100GB", "sda nvme0n1"), ("size >= 1TiB", "sda"), ("size < 1TiB", "nvme0n1"),
            ("size == 1000204886016", "nvme0n1"), (#"transport == "nvme""#, "nvme0n1"),
            ("transport == nvme", "nvme0n1"),
            ("transport != nvme", "sda"), ("removable", "sda"), ("!removable", "nvme0n1"),
            ("removable == false", "nvme0n1"), (#"model == "Samsung*""#, "nvme0n1"), ("model == ST?000", "sda"),
            (#"model == "samsung*""#, ""), ("serial == S649*", "nvme0n1"), ("serial != S649*", "sda"),
            ("rotational && size > 2TB || transport == nvme && !rotational", "sda nvme0n1"),
            ("(rotational || transport == nvme) && size > 2TB", "sda"), ("!(rotational)", "nvme0n1"),
            ("!!rotational", "sda"), ("system_disk", ""), ("!system_disk && name == 'sd*'", "sda"),
            ("path == /dev/nvme0n1", "nvme0n1"), ("wwid == eui.*", "nvme0n1"), ("logical_sector == 512", "sda nvme0n1"),
        ])
    func matches(_ text: String, _ names: String) throws {
        let selector = try DiskSelector(text)
        let found = try Self.disks().filter { selector.matches($0, isSystemDisk: false) }.map(\.name)
        #expect(Set(found) == Set(names.split(separator: " ").map(String.init)))
    }

    @Test(
        "a mistake is told with its column, and what would do",
        arguments: [
            ("", 1, "empty"), ("sise > 1GB", 1, "did you mean size?"), ("nonesuch", 1, "there are "),
            ("size", 5, "has to be compared"), ("size >", 7, "a value is missing"), ("size > big", 8, "no size"),
            ("size > 1GB &", 12, "&& joins"), ("size > 1GB transport", 12, "cannot stand here"),
            ("(removable", 11, "a ) is missing"), ("removable)", 10, "cannot stand here"),
            ("model < x", 1, "== and != do"), ("model = x", 7, "== compares"),
            ("removable == perhaps", 14, "true or false"),
            ("model == \"x", 10, "no end"), ("&& removable", 1, "a key is missing"),
            ("size > 99999999999999999999", 8, "no size"),
            ("removable && ", 14, "a key is missing"), ("größe > 1GB", 1, "no key is called 'größe'"),
        ])
    func mistakes(_ text: String, _ column: Int, _ words: String) throws {
        let error = #expect(throws: SelectorError.self) { try DiskSelector(text) }
        #expect(error?.column == column, "\(error.map { "\($0)" } ?? "")")
        #expect(error?.message.contains(words) == true, "\(error.map { "\($0)" } ?? "")")
    }

    @Test("neither depth nor length is without a bound")
    func bounds() throws {
        #expect(throws: SelectorError.self) { try DiskSelector(String(repeating: "!", count: 3000) + "removable") }
        #expect(throws: SelectorError.self) { try DiskSelector(String(repeating: "(", count: 3000)) }
        #expect(throws: SelectorError.self) {
            try DiskSelector(String(repeating: "removable && ", count: 400) + "removable")
        }
        // Stars that would take exponential time in a naive matcher.
        let stars = try DiskSelector("model == \"" + String(repeating: "*a", count: 200) + "b\"")
        var disk = try #require(Self.disks().first)
        disk.model = String(repeating: "a", count: 2000)
        #expect(!stars.matches(disk, isSystemDisk: false))
    }
}
