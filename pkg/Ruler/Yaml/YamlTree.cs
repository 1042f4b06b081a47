using System.Diagnostics.CodeAnalysis;
using System.Text;
using RemoteStore.Ruler.Files;
using YamlDotNet.Core;

namespace RemoteStore.Ruler.Yaml;

/// <summary>Reads YAML into values with their places. Safe against whatever it is given: depth and the growth by aliases are bounded.</summary>
public static class YamlTree
{
    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads the first document.</summary>
    /// <param name="utf8">The text.</param>
    /// <param name="root">Its value when true is returned; null when there is none.</param>
    /// <param name="fault">What is wrong when false is returned.</param>
    public static bool TryRead(ReadOnlySpan<byte> utf8, out YamlValue? root, [NotNullWhen(false)] out YamlFault? fault)
    {
        root = null;
        string text;
        try
        {
            text = s_strict.GetString(utf8.StartsWith(Encoding.UTF8.Preamble) ? utf8[3..] : utf8);
        }
        catch (DecoderFallbackException e)
        {
            fault = new YamlFault(PlaceOf(utf8, e.Index), "yaml: the text is not UTF-8");
            return false;
        }

        return TryRead(text, out root, out fault);
    }

    /// <summary>Reads the first document.</summary>
    /// <param name="text">The text.</param>
    /// <param name="root">Its value when true is returned; null when there is none.</param>
    /// <param name="fault">What is wrong when false is returned.</param>
    public static bool TryRead(string text, out YamlValue? root, [NotNullWhen(false)] out YamlFault? fault)
    {
        root = null;
        try
        {
            root = new YamlComposer(new Parser(new StringReader(text))).Compose();
            fault = null;
            return true;
        }
        catch (YamlRefusedException e)
        {
            fault = new YamlFault(e.Position, e.Message);
        }
        catch (YamlException e)
        {
            fault = new YamlFault(TabPlace(text, e) ?? YamlComposer.Position(e.End.Line >= e.Start.Line ? e.End : e.Start), $"yaml: {Sentence(e)}");
        }

        return false;
    }

    /// <summary>Where the first line is indented with a tab, when that is the fault: the library then names the beginning of what it scans.</summary>
    private static SourcePosition? TabPlace(string text, YamlException e)
    {
        if (!e.Message.Contains("tab as indentation", StringComparison.Ordinal))
        {
            return null;
        }

        int line = 0;
        foreach (ReadOnlySpan<char> one in text.AsSpan().EnumerateLines())
        {
            line++;
            int tab = one[..(one.Length - one.TrimStart().Length)].IndexOf('\t');
            if (tab >= 0)
            {
                return new SourcePosition(line, tab + 1);
            }
        }

        return null;
    }

    /// <summary>The message without the place that the library puts before it.</summary>
    private static string Sentence(YamlException e)
    {
        string message = e.Message;
        int place = message.IndexOf("): ", StringComparison.Ordinal);
        message = message.StartsWith('(') && place > 0 ? message[(message.LastIndexOf("): ", StringComparison.Ordinal) + 3)..] : message;
        return message.TrimEnd('.');
    }

    private static SourcePosition PlaceOf(ReadOnlySpan<byte> utf8, int index)
    {
        ReadOnlySpan<byte> before = utf8[..Math.Clamp(index, 0, utf8.Length)];
        return new SourcePosition(before.Count((byte)'\n') + 1, before.Length - before.LastIndexOf((byte)'\n'));
    }
}
