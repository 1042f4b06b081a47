using System.Buffers;
using System.Text;

namespace RemoteStore.Model.Regexp;

/// <summary>
/// A replacement with <c>$1</c>, <c>${1}</c>, <c>$name</c>, <c>${name}</c> and <c>$$</c>, as Go's regexp package expands it: a name without braces is as long as
/// letters, digits and underscores go on, a group that does not exist is empty, and a dollar that begins nothing stands for itself.
/// </summary>
/// <remarks>Holds a buffer; not safe for concurrent use.</remarks>
public sealed class Re2Template
{
    private readonly List<(byte[] Text, int Group)> _parts = [];
    private readonly ArrayBufferWriter<byte> _output = new(64);

    /// <summary>Takes a template apart.</summary>
    /// <param name="template">The template, UTF-8.</param>
    /// <param name="groupNames">Names of the groups from 1 on.</param>
    public Re2Template(ReadOnlySpan<byte> template, IReadOnlyList<string?> groupNames)
    {
        ArgumentNullException.ThrowIfNull(groupNames);
        int dollar;
        while ((dollar = template.IndexOf((byte)'$')) >= 0)
        {
            AddText(template[..dollar]);
            template = template[(dollar + 1)..];
            if (!template.IsEmpty && template[0] == '$')
            {
                AddText("$"u8);
                template = template[1..];
            }
            else if (TryName(template, out string name, out int length))
            {
                AddGroups(name, groupNames);
                template = template[length..];
            }
            else
            {
                AddText("$"u8);
            }
        }

        AddText(template);
    }

    /// <summary>Expands the template; the bytes are valid until the next call.</summary>
    /// <param name="value">The value that was matched.</param>
    /// <param name="groups">Begins and ends of its groups.</param>
    public ReadOnlySpan<byte> Expand(ReadOnlySpan<byte> value, ReadOnlySpan<int> groups)
    {
        _output.ResetWrittenCount();
        foreach ((byte[] text, int group) in _parts)
        {
            if (group < 0)
            {
                _output.Write(text);
            }
            else if ((2 * group) + 1 < groups.Length && groups[2 * group] >= 0)
            {
                _output.Write(value[groups[2 * group]..groups[(2 * group) + 1]]);
            }
        }

        return _output.WrittenSpan;
    }

    /// <summary>How long the expansion would be.</summary>
    /// <param name="groups">Begins and ends of the groups.</param>
    public long ExpandedLength(ReadOnlySpan<int> groups)
    {
        long length = 0;
        foreach ((byte[] text, int group) in _parts)
        {
            if (group < 0)
            {
                length += text.Length;
            }
            else if ((2 * group) + 1 < groups.Length && groups[2 * group] >= 0)
            {
                length += groups[(2 * group) + 1] - groups[2 * group];
            }
        }

        return length;
    }

    private static bool TryName(ReadOnlySpan<byte> text, out string name, out int length)
    {
        name = "";
        length = 0;
        bool braces = !text.IsEmpty && text[0] == '{';
        int start = braces ? 1 : 0;
        int end = start;
        while (end < text.Length && Rune.DecodeFromUtf8(text[end..], out Rune rune, out int width) == OperationStatus.Done
            && (rune.Value == '_' || Rune.IsLetter(rune) || Rune.IsDigit(rune)))
        {
            end += width;
        }

        if (end == start || (braces && (end >= text.Length || text[end] != '}')))
        {
            return false;
        }

        name = Encoding.UTF8.GetString(text[start..end]);
        length = braces ? end + 1 : end;
        return true;
    }

    private void AddText(ReadOnlySpan<byte> text)
    {
        if (!text.IsEmpty)
        {
            _parts.Add((text.ToArray(), -1));
        }
    }

    private void AddGroups(string name, IReadOnlyList<string?> groupNames)
    {
        bool number = name.Length < 9 && (name.Length == 1 || name[0] != '0') && name.All(char.IsAsciiDigit);
        if (number)
        {
            _parts.Add(([], int.Parse(name, System.Globalization.CultureInfo.InvariantCulture)));
            return;
        }

        for (int i = 0; i < groupNames.Count; i++)
        {
            if (groupNames[i] == name)
            {
                _parts.Add(([], i + 1));
                return;
            }
        }
    }
}
