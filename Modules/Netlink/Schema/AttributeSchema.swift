internal import CKernel

/// A set of attributes: for each number the name that the kernel's header gives it, and how its payload is made.
///
/// A view of constant data in `CKernel`, where names and numbers come from the same words of the headers.
@safe
public struct AttributeSchema: Hashable, @unchecked Sendable {
    // SAFETY: points at constant data of the program itself, here and below.
    private let table: UnsafePointer<sw_netlink_table>

    init(_ table: UnsafePointer<sw_netlink_table>) { unsafe self.table = table }

    /// What the attribute of that number is; nil where none is known.
    func form(of type: Int) -> AttributeForm? {
        // SAFETY: the index is below the table's count.
        guard type >= 0, type < Int(unsafe table.pointee.count) else { return nil }
        let entry = unsafe table.pointee.attributes[type]
        return unsafe entry.name == nil ? nil : AttributeForm(entry)
    }

    /// `IFLA_MTU`; `IFLA_99` where no attribute of that number is known.
    public func name(of type: Int) -> String { form(of: type)?.name ?? "\(prefix)\(type)" }

    /// The number of the attribute of that name; nil where there is none such.
    public func type(named name: String) -> Int? { (0..<count).first { form(of: $0)?.name == name } }

    /// One more than the highest number that is known.
    var count: Int { Int(unsafe table.pointee.count) }

    /// What the names begin with, up to an underscore: `IFLA_BR_`.
    var prefix: String {
        var common: Substring?
        for name in (0..<count).compactMap({ form(of: $0)?.name }) {
            common = common.map { Substring($0.commonPrefix(with: name)) } ?? name[...]
        }
        guard let common, let end = common.lastIndex(of: "_") else { return "" }
        return String(common[...end])
    }

    public static func == (one: AttributeSchema, other: AttributeSchema) -> Bool { unsafe one.table == other.table }
    public func hash(into hasher: inout Hasher) { unsafe hasher.combine(table) }
}

/// How a payload is made: a kind of ``AttributeValue`` and what that kind needs.
@safe
struct AttributeForm {
    private let entry: sw_netlink_attribute

    init(_ entry: sw_netlink_attribute) { unsafe self.entry = entry }

    /// Bytes, whatever they are.
    static var bytes: AttributeForm { unsafe AttributeForm(sw_netlink_attribute()) }

    var name: String? { unsafe entry.name.map { unsafe String(cString: $0) } }
    var kind: sw_netlink_value { sw_netlink_value(rawValue: UInt32(unsafe entry.kind)) }
    var schema: AttributeSchema? { unsafe entry.table.map { unsafe AttributeSchema($0) } }
    var layout: StructureLayout? { unsafe entry.layout.map { unsafe StructureLayout($0) } }
    var selector: AttributeSelector? { unsafe entry.selector.map { unsafe AttributeSelector($0) } }
    /// What the elements of an array are, and the attributes of an indexed nest.
    var element: AttributeForm {
        var inner = unsafe sw_netlink_attribute()
        unsafe inner.kind = unsafe entry.element
        return unsafe AttributeForm(inner)
    }
    /// What the attributes of an indexed nest of nests are.
    var elementNest: AttributeForm {
        var inner = unsafe sw_netlink_attribute()
        unsafe inner.kind = UInt8(SW_NL_NEST.rawValue)
        unsafe inner.table = unsafe entry.table
        return unsafe AttributeForm(inner)
    }
}

/// What a payload's form hangs on.
@safe
struct AttributeSelector {
    private let selector: UnsafePointer<sw_netlink_selector>

    init(_ selector: UnsafePointer<sw_netlink_selector>) { unsafe self.selector = selector }

    var source: sw_netlink_source { sw_netlink_source(rawValue: UInt32(unsafe selector.pointee.source)) }
    /// How many nests further out the deciding attribute is.
    var levelsUp: Int { Int(unsafe selector.pointee.up) }
    /// The number of the deciding attribute.
    var attribute: Int { Int(unsafe selector.pointee.attribute) }

    var otherwise: AttributeForm { unsafe AttributeForm(selector.pointee.otherwise) }

    func form(for text: String) -> AttributeForm {
        // SAFETY: the indexes are below the selector's count, here and below.
        for index in 0..<Int(unsafe selector.pointee.count) {
            let word = unsafe selector.pointee.cases[index].text
            if let word = unsafe word, unsafe String(cString: word) == text {
                return unsafe AttributeForm(selector.pointee.cases[index].form)
            }
        }
        return otherwise
    }

    func form(for number: UInt64) -> AttributeForm {
        for index in 0..<Int(unsafe selector.pointee.count)
        where UInt64(unsafe selector.pointee.cases[index].number) == number {
            return unsafe AttributeForm(selector.pointee.cases[index].form)
        }
        return otherwise
    }
}

/// The members of a C struct.
@safe
struct StructureLayout {
    struct Member {
        let name: String
        let offset: Int
        let size: Int
        let kind: sw_netlink_value
        let layout: StructureLayout?
    }

    // SAFETY: points at constant data of the program itself.
    private let layout: UnsafePointer<sw_netlink_layout>

    init(_ layout: UnsafePointer<sw_netlink_layout>) { unsafe self.layout = layout }

    var name: String { unsafe String(cString: layout.pointee.name) }
    var size: Int { Int(unsafe layout.pointee.size) }
    /// Whether it is an array with names for its indexes.
    var isArray: Bool { unsafe layout.pointee.is_array }
    var members: [Member] {
        // SAFETY: the indexes are below the layout's count.
        (0..<Int(unsafe layout.pointee.member_count)).map { index in
            let member = unsafe layout.pointee.members[index]
            return unsafe Member(
                name: String(cString: member.name), offset: Int(member.offset), size: Int(member.size),
                kind: sw_netlink_value(rawValue: UInt32(member.kind)),
                layout: member.layout.map { unsafe StructureLayout($0) })
        }
    }

    /// What follows the struct in the same payload.
    struct Rest {
        let name: String
        let kind: sw_netlink_value
        let layout: StructureLayout?
        /// The member that counts the elements, from 0; nil: there is one, which takes all that is left.
        let counter: Int?
        let extra: Int
    }
    var rest: Rest? {
        let value = unsafe layout.pointee
        return unsafe value.rest_name.map { name in
            unsafe Rest(
                name: String(cString: name), kind: sw_netlink_value(rawValue: UInt32(value.rest_kind)),
                layout: value.rest_layout.map { unsafe StructureLayout($0) },
                counter: value.rest_count == 0 ? nil : Int(value.rest_count) - 1, extra: Int(value.rest_extra))
        }
    }
}

extension String {
    fileprivate func commonPrefix(with other: String) -> String {
        String(zip(self, other).prefix { $0 == $1 }.map(\.0))
    }
}

extension Substring {
    fileprivate func commonPrefix(with other: String) -> String { String(self).commonPrefix(with: other) }
}
