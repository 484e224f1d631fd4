using System.Reflection;

namespace PromptAD.Tests.Architecture;

/// <summary>Records are values: nothing in them changes, so that equality and copies mean what they say.</summary>
public sealed class RecordTests
{
    [Fact]
    public void Records_have_no_mutable_or_cached_members()
    {
        FieldInfo[] mutable =
        [
            .. typeof(Detector).Assembly.GetTypes().Where(IsRecord)
                .SelectMany(type => type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
                .Where(field => !field.IsInitOnly || field.FieldType.Name.StartsWith("Lazy`", StringComparison.Ordinal)),
        ];

        Assert.Empty(mutable.Select(field => $"{field.DeclaringType}.{field.Name}"));
        Assert.Contains(typeof(Prediction), typeof(Detector).Assembly.GetTypes().Where(IsRecord));
    }

    private static bool IsRecord(Type type) => type.GetMethod("<Clone>$") is not null;
}
