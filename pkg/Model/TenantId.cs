namespace RemoteStore.Model;

/// <summary>
/// Name of a tenant: 1 to 150 characters of <c>A-Z a-z 0-9 ! - _ . * ' ( )</c>, not <c>.</c>, <c>..</c> or <c>__</c>-prefixed, so that it
/// is a safe folder name (the rule Grafana Mimir documents for <c>X-Scope-OrgID</c>).
/// </summary>
public readonly record struct TenantId : IComparable<TenantId>
{
    /// <summary>Longest name, in characters.</summary>
    public const int MaxLength = 150;

    private readonly string? _name;

    private TenantId(string name) => _name = name;

    /// <summary>The tenant when multi-tenancy is off.</summary>
    public static TenantId Anonymous { get; } = new("anonymous");

    /// <summary>The name.</summary>
    public string Name => _name ?? "anonymous";

    /// <summary>Parses a name.</summary>
    /// <param name="name">Text of the header or folder.</param>
    /// <param name="tenant">The tenant when true is returned.</param>
    /// <param name="error">What is wrong with the name, else null.</param>
    public static bool TryParse(string? name, out TenantId tenant, out string? error)
    {
        tenant = default;
        if (string.IsNullOrEmpty(name))
        {
            error = "tenant name is empty";
            return false;
        }

        if (name.Length > MaxLength)
        {
            error = $"tenant name is {name.Length} characters long, the limit is {MaxLength}";
            return false;
        }

        foreach (char c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && !"!-_.*'()".Contains(c, StringComparison.Ordinal))
            {
                error = $"tenant name has the character '{c}', allowed are letters, digits and ! - _ . * ' ( )";
                return false;
            }
        }

        if (name is "." or ".." || name.StartsWith("__", StringComparison.Ordinal))
        {
            error = $"tenant name '{name}' is reserved";
            return false;
        }

        tenant = new TenantId(name);
        error = null;
        return true;
    }

    /// <summary>Parses a name that is known to be valid.</summary>
    /// <exception cref="ArgumentException">It is not.</exception>
    public static TenantId Parse(string name) =>
        TryParse(name, out TenantId tenant, out string? error) ? tenant : throw new ArgumentException(error, nameof(name));

    /// <inheritdoc/>
    public int CompareTo(TenantId other) => string.CompareOrdinal(Name, other.Name);

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>Ordinal order of names.</summary>
    public static bool operator <(TenantId left, TenantId right) => left.CompareTo(right) < 0;

    /// <summary>Ordinal order of names.</summary>
    public static bool operator >(TenantId left, TenantId right) => left.CompareTo(right) > 0;

    /// <summary>Ordinal order of names.</summary>
    public static bool operator <=(TenantId left, TenantId right) => left.CompareTo(right) <= 0;

    /// <summary>Ordinal order of names.</summary>
    public static bool operator >=(TenantId left, TenantId right) => left.CompareTo(right) >= 0;
}
