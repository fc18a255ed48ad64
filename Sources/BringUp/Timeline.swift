/// The record of a boot: /run/slipway/boot.json, `slipway boot timeline`. Times are seconds since the kernel's start.
package struct Timeline: Codable, Hashable, Sendable {
    package var format = 1
    package var kernel: String
    package var bootID: String
    /// Each time that the bring-up was started; the first is the boot's own.
    package var starts: [Start] = []
    /// When every task had ended; nil until then.
    package var readyAt: Double?
    /// `ready` or `degraded`; nil until then.
    package var outcome: String?
    package var tasks: [TaskRecord] = []

    package struct Start: Codable, Hashable, Sendable {
        package var at: Double
        /// How the one before it ended, and what it was at work on; nil for the first.
        package var reason: String?
        package var during: [String]
    }

    package struct TaskRecord: Codable, Hashable, Sendable {
        package var name: String
        package var waits: [Wait]
        package var attempts: [Attempt] = []
        /// `done`, `failed`, `skipped`; nil while it waits or runs.
        package var outcome: String?
        /// What it did, or why it did not, in a line.
        package var note: String?
    }

    package struct Wait: Codable, Hashable, Sendable {
        /// The fact.
        package var waitedFor: String
        package var from: Double
        /// nil while it waits.
        package var until: Double?
        package var unavailable: Bool

        private enum CodingKeys: String, CodingKey {
            case waitedFor = "for"
            case from, until, unavailable
        }
    }

    package struct Attempt: Codable, Hashable, Sendable {
        /// Index into `starts`.
        package var start: Int
        package var started: Double
        package var ended: Double?
        /// `done`, `failed`, `timed_out`, `skipped`, or how the process ended under it: `crashed by SIGILL`.
        package var outcome: String?
        package var error: String?
    }

    private enum CodingKeys: String, CodingKey {
        case format, kernel, starts, outcome, tasks
        case bootID = "boot_id"
        case readyAt = "ready_at"
    }
}
