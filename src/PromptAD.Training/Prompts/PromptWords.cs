namespace PromptAD.Training.Prompts;

/// <summary>Checks the words that users put into prompts.</summary>
public static class PromptWords
{
    private const int MaximumLength = 200;

    /// <summary>The object's name without spaces around it.</summary>
    /// <exception cref="PromptADException">It is empty, too long, or holds signs that mean something else.</exception>
    public static string ValidateObject(string objectName)
    {
        string name = objectName.Trim();
        if (name.Contains("{}", StringComparison.Ordinal))
            throw new PromptADException(
                Problem.InvalidArgument,
                $"The object name '{name}' holds {{}}; give the bare name, such as \"metal nut\".");
        Validate(name, "The object name", "such as \"metal nut\"");
        return name;
    }

    /// <summary>A state with its place for the object: "scratch" becomes "{} with scratch".</summary>
    /// <exception cref="PromptADException">It is empty, too long, or names the object's place more than once.</exception>
    internal static string CompleteState(string state)
    {
        string words = state.Trim();
        Validate(words, "The anomaly state", "such as \"scratch\" or \"bent {}\"");
        int places = words.Split("{}").Length - 1;
        if (places > 1) throw new PromptADException(
            Problem.InvalidArgument,
            $"The anomaly state '{words}' holds {{}} {places} times; use it once, for the object.");
        if (words.Replace("{}", "", StringComparison.Ordinal).Trim().Length == 0)
            throw new PromptADException(
                Problem.InvalidArgument,
                $"The anomaly state '{words}' says nothing but the object; add words, such as \"bent {{}}\".");
        return places == 1 ? words : $"{{}} with {words}";
    }

    private static void Validate(string words, string what, string example)
    {
        if (words.Length == 0) throw new PromptADException(Problem.OutOfRange, $"{what} is empty; give words, {example}.");
        if (words.Length > MaximumLength)
            throw new PromptADException(Problem.OutOfRange, $"{what} has {words.Length} characters; at most {MaximumLength} fit a prompt.");
        if (words.Any(char.IsControl) || words.Contains("<|", StringComparison.Ordinal))
            throw new PromptADException(
                Problem.InvalidArgument,
                $"{what} holds control signs or '<|', which a prompt cannot; use plain words, {example}.");
    }
}
