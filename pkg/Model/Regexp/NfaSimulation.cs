using System.Runtime.InteropServices;

namespace RemoteStore.Model.Regexp;

/// <summary>Matches by carrying the set of states along the value. Slower than the deterministic automaton, in constant memory. Not safe for concurrent use.</summary>
internal sealed class NfaSimulation(RegexProgram program, RuneClassifier classifier)
{
    private readonly NfaStepper _stepper = new(program, classifier);
    private List<int> _set = [];
    private List<int> _next = [];

    /// <summary>True when the whole value matches.</summary>
    public bool IsMatch(ReadOnlySpan<byte> utf8)
    {
        TextContext context = _stepper.Begin(_set);
        for (int i = 0; i < utf8.Length && _set.Count > 0;)
        {
            byte b = utf8[i];
            int number = b < 128 ? classifier.Ascii[b] : classifier.ClassifyNext(utf8, ref i);
            i += b < 128 ? 1 : 0;
            context = _stepper.Step(CollectionsMarshal.AsSpan(_set), context, number, _next);
            (_set, _next) = (_next, _set);
        }

        return _stepper.Accepts(CollectionsMarshal.AsSpan(_set), context);
    }
}
