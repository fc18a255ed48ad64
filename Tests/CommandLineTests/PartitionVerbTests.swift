import Documents
import Kernel
import SystemPackage
import TestSupport
import Testing

@Suite("slipway partition")
struct PartitionVerbTests {
    private static let plan = """
        seed: one
        partitions:
          - {type: esp, label: EFI, size: 8MiB}
          - {type: root, label: SYSTEM, min: 8MiB, max: 100MiB, grow: true}
        """

    /// An image of 64 MiB, and a plan beside it.
    private struct Scratch: ~Copyable {
        let directory: TemporaryDirectory
        let image: String
        /// Their path, with a slash.
        let folder: String

        init(_ plan: String = plan) throws {
            let directory = try TemporaryDirectory()
            let folder = "\(directory.path)/"
            try run("truncate -s 64M \(folder)disk.img")
            try directory.write("plan.yaml", plan)
            self.directory = directory
            self.folder = folder
            image = folder + "disk.img"
        }
    }

    @Test(
        "apply writes nothing without --yes, then the table, then nothing; the old one is saved; show is sfdisk's document"
    )
    func apply() throws {
        let scratch = try Scratch()
        let image = scratch.image
        let words = "partition apply \(image) --plan \(scratch.folder)plan.yaml --json"
        let dry = try slipway(words)
        #expect(try dry.isSuccess && dry.document["applied"] == false && dry.document["changed"] == true)
        #expect(try attempt("cmp", ["-n", "\(64 << 20)", image, "/dev/zero"]).status == .exited(0))
        let saved = "\(scratch.folder)saved.json"
        let done = try slipway("\(words) --yes --save \(saved)")
        #expect(try done.isSuccess && done.document["applied"] == true && done.document["saved"]?.string == saved)
        #expect(try run("sgdisk -v \(image)").text.contains("No problems found"))
        let again = try slipway("\(words) --yes --save \(saved)-2")
        #expect(try again.document["writes"] == 0 && again.document["saved"] == .null)
        let theirs = try JSONText.decode(JSONValue.self, from: run("sfdisk -J \(image)").output)["partitiontable"]
        let ours = try slipway("partition show \(image) --json").document
        #expect(ours["partitiontable"] == theirs && ours["problems"] == [])
        // The same seed, the same bytes.
        let second = try Scratch()
        let other = second.image
        try #require(
            try slipway("partition apply \(other) --plan \(second.folder)plan.yaml --yes --save \(saved)-3").isSuccess)
        #expect(try attempt("cmp", [image, other]).status == .exited(0))
    }

    @Test("plan shows what apply would do; --seed holds over the plan's seed, and makes the same bytes each time")
    func seeds() throws {
        let scratch = try Scratch()
        let plan = "\(scratch.image) --plan \(scratch.folder)plan.yaml --json"
        let (one, other) = (try slipway("partition plan \(plan)"), try slipway("partition plan \(plan) --seed two"))
        #expect(one.isSuccess && other.isSuccess)
        #expect(try one.document["table_id"] != other.document["table_id"] && one.document["applied"] == false)
        #expect(try slipway("partition plan \(plan) --seed two").output == other.output)
        #expect(try attempt("cmp", ["-n", "\(64 << 20)", scratch.image, "/dev/zero"]).status == .exited(0))
        let done = try slipway("partition apply \(plan) --seed two --yes --save \(scratch.folder)1.json")
        #expect(try done.document["table_id"] == other.document["table_id"])
        #expect(
            try run("sfdisk --disk-id \(scratch.image)").lines[0].uppercased()
                == done.document["table_id"]?.string?.uppercased())
    }

    @Test("verify is exit 1 for a damaged copy, and repair mends it, judged by sgdisk")
    func repair() throws {
        let scratch = try Scratch()
        let image = scratch.image
        let apply = "partition apply \(image) --plan \(scratch.folder)plan.yaml --yes --save \(scratch.folder)1.json"
        try #require(try slipway(apply).isSuccess)
        let good = try slipway("partition verify \(image) --json")
        #expect(try good.isSuccess && good.document["ok"] == true && good.document["problems"] == [])
        try run("dd if=/dev/urandom of=\(image) bs=512 seek=1 count=1 conv=notrunc status=none")
        let bad = try slipway("partition verify \(image) --json")
        #expect(try bad.status == .exited(1) && bad.document["ok"] == false)
        let problem = try #require(try bad.document["problems"]?.array?.first)
        #expect(problem.object?.keys.sorted() == ["code", "lba", "message", "number", "where"] && problem["lba"] == 1)
        let before = try run("sha256sum \(image)").text
        #expect(try slipway("partition repair \(image) --json").document["applied"] == false)
        #expect(try run("sha256sum \(image)").text == before)
        let done = try slipway("partition repair \(image) --yes --json --save \(scratch.folder)2.json")
        #expect(try done.isSuccess && done.document["applied"] == true)
        #expect(try run("sgdisk -v \(image)").text.contains("No problems found"))
        #expect(try slipway("partition verify \(image)").isSuccess)
    }

    @Test(
        "a plan that does not fit says by how much, one with a mistake where; nothing is written",
        arguments: [
            // 64 MiB have room for 62, of which the first begins at one.
            ("partitions: [{type: root, size: 200MiB}]", 1, "144703488 bytes"),
            ("partitions: [{type: nonesuch, size: 1MiB}]", 2, "partitions[0].type"),
            ("partitions: [{type: root, sise: 1MiB}]", 2, "sise"), ("partitions: [", 2, "line"),
            ("partitions: [{type: root, size: -1}]", 2, "partitions[0].size"),
            ("partitions: [{type: root, min: 8MiB, max: 4MiB}]", 2, "max"),
        ] as [(String, Int32, String)])
    func mistakes(_ plan: String, _ status: Int32, _ words: String) throws {
        let scratch = try Scratch(plan)
        let image = scratch.image
        let outcome = try slipway("partition apply \(image) --plan \(scratch.folder)plan.yaml --yes")
        expectOneLine(outcome, exit: status, words)
        #expect(try attempt("cmp", ["-n", "\(64 << 20)", image, "/dev/zero"]).status == .exited(0))
    }

    @Test("an image that is shorter than its table is read, with a problem, and never written to")
    func short() throws {
        let scratch = try Scratch()
        let image = scratch.image
        let apply = "partition apply \(image) --plan \(scratch.folder)plan.yaml --yes --save \(scratch.folder)1.json"
        try #require(try slipway(apply).isSuccess)
        try run("truncate -s 20M \(image)")
        let shown = try slipway("partition show \(image) --json")
        #expect(try shown.isSuccess && shown.document["partitiontable"]?["partitions"]?.array?.count == 2)
        #expect(try shown.document["problems"]?.array?.isEmpty == false)
        let before = try run("sha256sum \(image)").text
        for verb in ["repair \(image)", "apply \(image) --plan \(scratch.folder)plan.yaml"] {
            let outcome = try slipway("partition \(verb) --yes --save \(scratch.folder)2.json")
            #expect(!outcome.isSuccess && outcome.errors.split(separator: "\n").count == 1, "\(outcome.errors)")
        }
        #expect(try run("sha256sum \(image)").text == before)
    }

    @Test("what is no disk is one clear error", arguments: ["/nonesuch", "/dev/null", "/tmp"])
    func none(_ path: String) throws {
        for verb in ["show", "verify", "repair", "repair --yes"] {
            let outcome = try slipway("partition \(verb) \(path)")
            #expect(outcome.status == .exited(1) && outcome.output.isEmpty)
            #expect(
                outcome.errors.split(separator: "\n").count == 1 && outcome.errors.contains(path), "\(outcome.errors)")
        }
    }
}
