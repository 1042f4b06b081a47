using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using RemoteStore.Model;

namespace RemoteStore.Options;

/// <summary>Makes descriptors for the kinds of values that options have.</summary>
/// <typeparam name="TOptions">The record that has the values.</typeparam>
[SuppressMessage("Design", "CA1000:Do not declare static members on generic types", Justification = "Tables of options name the record once, in a using directive.")]
public static class OptionTypes<TOptions>
{
    /// <summary>Any text.</summary>
    public static ValueOption<TOptions, string> Text(
        string group, string name, string valueName, string help, Func<TOptions, string> get, Func<TOptions, string, TOptions> with,
        Func<string, string?>? validate = null, bool isSecret = false, bool isList = false) => new()
        {
            Group = group,
            Name = name,
            ValueName = valueName,
            Help = help,
            Parse = static (string text, out string value, out string? error) =>
            {
                value = text;
                error = null;
                return true;
            },
            Print = static value => value,
            Get = get,
            With = with,
            Validate = validate ?? (static _ => null),
            IsSecret = isSecret,
            IsList = isList,
        };

    /// <summary>True or false.</summary>
    public static ValueOption<TOptions, bool> Switch(
        string group, string name, string help, Func<TOptions, bool> get, Func<TOptions, bool, TOptions> with) => new()
        {
            Group = group,
            Name = name,
            ValueName = "true|false",
            Help = help,
            Parse = static (string text, out bool value, out string? error) =>
            {
                value = text is "true";
                error = text is "true" or "false" ? null : $"'{text}' is neither true nor false";
                return error is null;
            },
            Print = static value => value ? "true" : "false",
            Get = get,
            With = with,
            IsSwitch = true,
        };

    /// <summary>A length of time.</summary>
    public static ValueOption<TOptions, TimeSpan> Duration(
        string group, string name, string help, Func<TOptions, TimeSpan> get, Func<TOptions, TimeSpan, TOptions> with,
        TimeSpan atLeast = default) => new()
        {
            Group = group,
            Name = name,
            ValueName = "duration",
            Help = help,
            Parse = DurationText.TryParse,
            Print = static value => value == TimeSpan.Zero ? "0" : PrometheusDuration.Format(value),
            Get = get,
            With = with,
            Validate = value => value < atLeast ? $"must be at least {PrometheusDuration.Format(atLeast)}" : null,
        };

    /// <summary>A size in bytes.</summary>
    public static ValueOption<TOptions, long> Size(
        string group, string name, string help, Func<TOptions, long> get, Func<TOptions, long, TOptions> with,
        long atLeast, long atMost) => new()
        {
            Group = group,
            Name = name,
            ValueName = "size",
            Help = help,
            Parse = ByteSize.TryParse,
            Print = ByteSize.Format,
            Get = get,
            With = with,
            Validate = value => value < atLeast || value > atMost ? $"must be between {ByteSize.Format(atLeast)} and {ByteSize.Format(atMost)}" : null,
        };

    /// <summary>A whole number that is not negative.</summary>
    public static ValueOption<TOptions, long> Count(
        string group, string name, string help, Func<TOptions, long> get, Func<TOptions, long, TOptions> with,
        long atLeast = 0, long atMost = int.MaxValue) => new()
        {
            Group = group,
            Name = name,
            ValueName = "number",
            Help = help,
            Parse = static (string text, out long value, out string? error) =>
            {
                error = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) ? null : $"'{text}' is not a whole number";
                return error is null;
            },
            Print = static value => value.ToString(CultureInfo.InvariantCulture),
            Get = get,
            With = with,
            Validate = value => value < atLeast || value > atMost ? $"must be between {atLeast} and {atMost}" : null,
        };

    /// <summary>One of a few words.</summary>
    public static ValueOption<TOptions, T> Choice<T>(
        string group, string name, string help, Func<TOptions, T> get, Func<TOptions, T, TOptions> with,
        params (string Word, T Value)[] choices)
        where T : struct, Enum
    {
        string words = string.Join('|', choices.Select(static choice => choice.Word));
        return new()
        {
            Group = group,
            Name = name,
            ValueName = words,
            Help = help,
            Parse = (string text, out T value, out string? error) =>
            {
                foreach ((string word, T candidate) in choices)
                {
                    if (word == text)
                    {
                        value = candidate;
                        error = null;
                        return true;
                    }
                }

                value = default;
                error = $"'{text}' is none of {words}";
                return false;
            },
            Print = value => Array.Find(choices, choice => EqualityComparer<T>.Default.Equals(choice.Value, value)).Word,
            Get = get,
            With = with,
        };
    }
}
