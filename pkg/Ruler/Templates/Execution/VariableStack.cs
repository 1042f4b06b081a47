namespace RemoteStore.Ruler.Templates.Execution;

/// <summary>Variables in force, the innermost last.</summary>
internal sealed class VariableStack
{
    private readonly List<(string Name, object? Value)> _variables = [];

    /// <summary>Begins with the data of the template as <c>$</c>.</summary>
    public VariableStack(object? data) => Push("$", data);

    /// <summary>How many there are, to go back to.</summary>
    public int Mark => _variables.Count;

    /// <summary>Declares one.</summary>
    public void Push(string name, object? value) => _variables.Add((name, value));

    /// <summary>Forgets all that were declared since.</summary>
    public void Pop(int mark) => _variables.RemoveRange(mark, _variables.Count - mark);

    /// <summary>Changes the innermost of that name; false when there is none.</summary>
    public bool TrySet(string name, object? value)
    {
        int index = _variables.FindLastIndex(variable => variable.Name == name);
        if (index >= 0)
        {
            _variables[index] = (name, value);
        }

        return index >= 0;
    }

    /// <summary>Changes the n-th from the end, from 1.</summary>
    public void SetTop(int n, object? value) => _variables[^n] = (_variables[^n].Name, value);

    /// <summary>The innermost of that name.</summary>
    public bool TryGet(string name, out object? value)
    {
        int index = _variables.FindLastIndex(variable => variable.Name == name);
        value = index >= 0 ? _variables[index].Value : null;
        return index >= 0;
    }
}
