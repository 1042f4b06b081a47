using System.Security.Cryptography;
using System.Text;
using RemoteStore.Ruler.Files;

namespace RemoteStore.Ruler.Scheduling;

/// <summary>The rule files of the options as they were on disk at one moment. Immutable.</summary>
public sealed class LoadedRuleFiles
{
    private readonly byte[] _fingerprint;

    private LoadedRuleFiles(byte[] fingerprint, IReadOnlyList<RuleFile> files)
    {
        _fingerprint = fingerprint;
        Faults = [.. files.SelectMany(static file => file.Faults).Select(static fault => fault.ToString())];
        Groups = [.. files.SelectMany(static file => file.Groups)];
    }

    /// <summary>All that is wrong with them, each with its place; empty when they may be put in force.</summary>
    public IReadOnlyList<string> Faults { get; }

    /// <summary>Their groups; without meaning when there are faults.</summary>
    public IReadOnlyList<RuleGroup> Groups { get; }

    /// <summary>Reads the files.</summary>
    /// <param name="options">Where they are; valid.</param>
    /// <param name="fileOptions">What they may hold.</param>
    public static LoadedRuleFiles Read(RulerOptions options, RuleFileOptions fileOptions)
    {
        ArgumentNullException.ThrowIfNull(options);
        IReadOnlyList<RuleFileText> texts = RuleFileSet.Read(RuleFileSet.Find(options.FilePatterns));
        return Parse(texts, Fingerprint(texts), fileOptions);
    }

    /// <summary>Reads the files again; null when nothing of them has changed.</summary>
    internal LoadedRuleFiles? ReadChanged(RulerOptions options, RuleFileOptions fileOptions)
    {
        IReadOnlyList<RuleFileText> texts = RuleFileSet.Read(RuleFileSet.Find(options.FilePatterns));
        byte[] fingerprint = Fingerprint(texts);
        return fingerprint.AsSpan().SequenceEqual(_fingerprint) ? null : Parse(texts, fingerprint, fileOptions);
    }

    private static LoadedRuleFiles Parse(IReadOnlyList<RuleFileText> texts, byte[] fingerprint, RuleFileOptions fileOptions) => new(
        fingerprint,
        [
            .. texts.Select(text => text.Error is null
                ? RuleFileReader.Read(text.Name, text.Content, fileOptions)
                : new RuleFile(text.Name, [], [new RuleFileFault(text.Name, default, text.Error)])),
        ]);

    private static byte[] Fingerprint(IReadOnlyList<RuleFileText> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (RuleFileText file in files)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{file.Name}\n{file.Error}\n{file.Content.Length}\n"));
            hash.AppendData(file.Content);
        }

        return hash.GetHashAndReset();
    }
}
