using System.Text;
using RemoteStore.Model.Labels;
using RemoteStore.Model.Regexp;

namespace RemoteStore.Model.Relabeling;

/// <summary>One rule of Prometheus' <c>relabel_config</c>, as written. Defaults are Prometheus'.</summary>
public sealed record RelabelConfig
{
    /// <summary>The expression that matches everything.</summary>
    public const string DefaultRegex = "(.*)";

    /// <summary>Between the values of source labels.</summary>
    public const string DefaultSeparator = ";";

    /// <summary>The first group.</summary>
    public const string DefaultReplacement = "$1";

    /// <summary>Labels whose values, joined, are the source.</summary>
    public IReadOnlyList<string> SourceLabels { get; init; } = [];

    /// <summary>What joins them.</summary>
    public string Separator { get; init; } = DefaultSeparator;

    /// <summary>RE2 pattern, matched against the whole source or name.</summary>
    public string Regex { get; init; } = DefaultRegex;

    /// <summary>Modulus of <see cref="RelabelAction.HashMod"/>; 0 = none given.</summary>
    public ulong Modulus { get; init; }

    /// <summary>Label that is set; that of <see cref="RelabelAction.Replace"/> may name groups.</summary>
    public string TargetLabel { get; init; } = "";

    /// <summary>Value that is set, or name that labels are copied to; may name groups.</summary>
    public string Replacement { get; init; } = DefaultReplacement;

    /// <summary>What the rule does.</summary>
    public RelabelAction Action { get; init; } = RelabelAction.Replace;

    private string ActionName => Name(Action);

    /// <summary>The action as rules spell it.</summary>
    public static string Name(RelabelAction action) => action.ToString().ToLowerInvariant();

    /// <summary>Reads an action, in any case.</summary>
    public static bool TryParseAction(string text, out RelabelAction action)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Enum.TryParse(text, ignoreCase: true, out action) && action != RelabelAction.None && text.All(char.IsAsciiLetter);
    }

    /// <summary>What is wrong with the rule, in Prometheus' words; null when it can be used.</summary>
    public string? Validate(NameScheme scheme)
    {
        if (Action == RelabelAction.None)
        {
            return "relabel action cannot be empty";
        }

        if (!Re2Captures.TryParse(Regex, out _, out string? error))
        {
            return error;
        }

        if (Modulus == 0 && Action == RelabelAction.HashMod)
        {
            return "relabel configuration for hashmod requires non-zero modulus";
        }

        return ValidateTarget(scheme) ?? ValidateReplacement(scheme) ?? ValidateExtent();
    }

    /// <summary>True when the text names a group.</summary>
    internal static bool HasGroup(string template) => template.Contains('$', StringComparison.Ordinal);

    private string? ValidateTarget(NameScheme scheme)
    {
        bool usesTarget = Action is RelabelAction.Replace or RelabelAction.KeepEqual or RelabelAction.DropEqual
            or RelabelAction.HashMod or RelabelAction.Lowercase or RelabelAction.Uppercase;
        if (!usesTarget)
        {
            return null;
        }

        if (TargetLabel.Length == 0)
        {
            return $"relabel configuration for {ActionName} action requires 'target_label' value";
        }

        bool valid = Action == RelabelAction.Replace && HasGroup(TargetLabel) ? IsNameTemplate(TargetLabel, scheme) : IsName(TargetLabel, scheme);
        return valid ? null : $"\"{TargetLabel}\" is invalid 'target_label' for {ActionName} action";
    }

    private string? ValidateReplacement(NameScheme scheme)
    {
        bool fixedReplacement = Action is RelabelAction.Lowercase or RelabelAction.Uppercase or RelabelAction.KeepEqual or RelabelAction.DropEqual;
        if (fixedReplacement && Replacement != DefaultReplacement)
        {
            return $"'replacement' can not be set for {ActionName} action";
        }

        return Action == RelabelAction.LabelMap && !IsNameTemplate(Replacement, scheme)
            ? $"\"{Replacement}\" is invalid 'replacement' for {ActionName} action"
            : null;
    }

    private string? ValidateExtent()
    {
        bool others = Modulus != 0 || Separator != DefaultSeparator || Replacement != DefaultReplacement;
        return Action switch
        {
            RelabelAction.KeepEqual or RelabelAction.DropEqual when others || Regex != DefaultRegex =>
                $"{ActionName} action requires only 'source_labels' and 'target_label', and no other fields",
            RelabelAction.LabelDrop or RelabelAction.LabelKeep when others || SourceLabels.Count > 0 || TargetLabel.Length > 0 =>
                $"{ActionName} action requires only 'regex', and no other fields",
            _ => null,
        };
    }

    private static bool IsName(string text, NameScheme scheme) => LabelNames.IsValid(Encoding.UTF8.GetBytes(text), scheme);

    /// <summary>
    /// True when the text can become a name. A name of any UTF-8 may hold dollars and braces itself; a legacy one begins with a letter, an underscore or a
    /// group, and goes on with these and digits.
    /// </summary>
    private static bool IsNameTemplate(string text, NameScheme scheme)
    {
        if (scheme == NameScheme.Utf8)
        {
            return IsName(text, scheme);
        }

        int at = 0;
        while (at < text.Length)
        {
            int length = text[at] == '$' ? GroupLength(text.AsSpan(at)) : IsWord(text[at]) && (at > 0 || !char.IsAsciiDigit(text[at])) ? 1 : 0;
            if (length == 0)
            {
                return false;
            }

            at += length;
        }

        return at > 0;
    }

    /// <summary>Length of <c>$name</c> or <c>${name}</c> at the begin of the text; 0 when it is neither.</summary>
    private static int GroupLength(ReadOnlySpan<char> text)
    {
        bool braces = text.Length > 1 && text[1] == '{';
        int start = braces ? 2 : 1;
        int end = start;
        while (end < text.Length && IsWord(text[end]))
        {
            end++;
        }

        bool closed = !braces || (end < text.Length && text[end] == '}');
        return end == start || !closed ? 0 : braces ? end + 1 : end;
    }

    private static bool IsWord(char c) => c == '_' || char.IsAsciiLetterOrDigit(c);
}
