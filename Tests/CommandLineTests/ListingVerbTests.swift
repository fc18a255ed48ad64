import Documents
import Kernel
import SystemPackage
import TestSupport
import Testing

@Suite("Disks, the timeline, the bring-up's plan")
struct ListingVerbTests {
    @Test("disk list --json has one object a disk, with the keys that programs rely on")
    func disks() throws {
        let outcome = try slipway("disk list --json")
        #expect(outcome.status == .exited(0) && outcome.errors.isEmpty, "\(outcome.errors)")
        let disks = try #require(try outcome.document.array)
        let names = try HostRoot.live.entries(of: "/sys/block").filter {
            HostRoot.live.textIfPresent(FilePath("/sys/block/\($0)/size")) != "0"
        }
        // Other tests' loop devices come and go.
        func settled(_ names: [String]) -> [String] { names.filter { !$0.hasPrefix("loop") }.sorted() }
        #expect(settled(disks.compactMap { $0["name"]?.string }) == settled(names))
        for disk in disks {
            #expect(
                disk.object?.keys.sorted() == [
                    "bus_path", "dev", "discard_max_bytes", "diskseq", "eui", "firmware", "holders", "in_use_by",
                    "logical_sector_bytes", "model", "name", "nguid", "numa_node", "optimal_io_bytes",
                    "partition_table", "partitions", "path", "physical_sector_bytes", "read_only", "removable",
                    "rotational", "serial", "signatures", "size_bytes", "system_disk", "transport",
                    "write_zeroes_max_bytes", "wwid", "zoned",
                ])
            #expect(disk["size_bytes"]?.integer ?? 0 > 0 && disk["partitions"]?.array != nil)
        }
    }

    @Test("disk list of a tree that has no disks is an empty list, and a table of its header alone")
    func noDisks() throws {
        let directory = try TemporaryDirectory()
        #expect(try slipway("disk list --json --root \(directory.path)").document == [])
        #expect(try slipway("disk list --root \(directory.path)").lines.count == 1)
    }

    @Test("link list --json has the links that ip lists")
    func links() throws {
        let theirs = try JSONText.decode(JSONValue.self, from: run("ip -j link").output).array ?? []
        let ours = try slipway("link list --json").document.array ?? []
        #expect(!ours.isEmpty && ours.map { $0["ifname"] } == theirs.map { $0["ifname"] })
        #expect(ours.map { $0["mtu"] } == theirs.map { $0["mtu"] })
    }

    private static let record = """
        {"format":1,"kernel":"6.1.0-test","boot_id":"b","ready_at":4.5,"outcome":"ready",
        "starts":[{"at":1.25,"during":[]},{"at":2.5,"reason":"crashed by SIGILL","during":["modules"]}],
        "tasks":[{"name":"modules","waits":[{"for":"uevents-bound","from":1.25,"until":1.5,"unavailable":false}],
        "attempts":[{"start":0,"started":1.5,"ended":2.5,"outcome":"crashed by SIGILL"},
        {"start":1,"started":2.625,"ended":4,"outcome":"done"}],"outcome":"done","note":"7 modules"}]}
        """

    @Test("a boot's record is told as a table, and as the same document")
    func timeline() throws {
        let directory = try TemporaryDirectory()
        try directory.write("boot.json", Self.record)
        let table = try slipway("boot timeline --from \(directory.path)/boot.json")
        #expect(table.status == .exited(0) && table.errors.isEmpty)
        for text in ["6.1.0-test", "modules", "2.625", "1.375 s", "crashed by SIGILL", "7 modules", "ready at 4.500"] {
            #expect(table.text.contains(text), "\(table.text)")
        }
        let json = try slipway("boot timeline --json --from \(directory.path)/boot.json").document
        #expect(try json["tasks"] == JSONText.decode(JSONValue.self, from: Array(Self.record.utf8))["tasks"])
        #expect(json["ready_at"]?.double == 4.5 && json["outcome"] == "ready")
    }

    @Test("times beyond every clock are told, and trap nothing")
    func hugeTimes() throws {
        let directory = try TemporaryDirectory()
        for time in ["1e300", "-1e300", "9223372036854775807", "9.3e15", "-9223372036854775808"] {
            try directory.write("boot.json", Self.record.replacing("4.5", with: time).replacing("2.625", with: time))
            #expect(try slipway("boot timeline --from \(directory.path)/boot.json").status == .exited(0), "\(time)")
        }
    }

    @Test("a record that is not there is exit 4; one that is none is exit 1; each in one line")
    func noTimeline() throws {
        let directory = try TemporaryDirectory()
        expectOneLine(try slipway("boot timeline --from \(directory.path)/none"), exit: 4, "No such file", "; ")
        for text in [
            "", "{", "[]", "{}", #"{"format":"x"}"#, "\u{0}\u{1}noise\n\n", Self.record.replacing("[", with: "{"),
        ] {
            try directory.write("boot.json", text)
            expectOneLine(try slipway("boot timeline --from \(directory.path)/boot.json"), exit: 1, "boot.json")
        }
        expectOneLine(try slipway("boot timeline --from \(directory.path)"), exit: 1, "Is a directory")
    }

    @Test("the bring-up's plan lists the nine tasks, each need of which another provides")
    func plan() throws {
        let tasks = try #require(try slipway("bring-up --plan --json").document.array)
        let expected = ["uevents", "modules", "links", "lease", "platform", "metadata", "hostname", "disks", "summary"]
        #expect(tasks.compactMap { $0["name"]?.string } == expected)
        let provided = Set(tasks.flatMap { $0["provides"]?.array ?? [] }.compactMap(\.string))
        let needed = Set(tasks.flatMap { ($0["needs"]?.array ?? []) + ($0["asks"]?.array ?? []) }.compactMap(\.string))
        #expect(!needed.isEmpty && needed.isSubset(of: provided))
        #expect(tasks.allSatisfy { ($0["deadline_seconds"]?.double ?? 0) > 0 })
        #expect(try slipway("bring-up --plan").lines.count == 10)
    }

    @Test(
        "the bring-up and its end are PID 1's: by hand they are refused with exit 3",
        arguments: ["bring-up", "bring-down"])
    func byHand(_ verb: String) throws {
        expectOneLine(try slipway(verb), exit: 3, "PID 1", "; ")
        expectOneLine(try slipway("bring-up --report-descriptor 1"), exit: 3, "PID 1", "; ")
    }
}
