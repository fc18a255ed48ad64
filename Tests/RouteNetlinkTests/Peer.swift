import Documents
import Kernel
import TestSupport
import Testing

/// What `ip -j -d <command>` says.
func ip(_ command: String) throws -> [JSONValue] {
    let answer = try run("ip -j -d \(command)")
    return answer.output.isEmpty ? [] : try JSONText.decode(JSONValue.self, from: answer.output).array ?? []
}

/// A deadline that no healthy kernel needs.
var soon: Deadline { Deadline(in: .seconds(10)) }

/// Returns when those links are running, or ten seconds later: the kernel sees to carriers a while after a link was set up, and to what
/// follows from them.
func awaitCarriers(_ names: [String]) throws {
    let deadline = soon
    while !deadline.hasPassed {
        let running = try ip("link show up").filter { $0["operstate"]?.string == "UP" }.compactMap {
            $0["ifname"]?.string
        }
        if Set(names).isSubset(of: running) { return }
    }
    Issue.record("not running after ten seconds: one of \(names)")
}
