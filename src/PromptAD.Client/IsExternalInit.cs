#pragma warning disable IDE0130 // the compiler looks for it there
namespace System.Runtime.CompilerServices;

/// <summary>What the compiler asks for where members are set at creation alone; .NET Standard 2.0 has none.</summary>
internal static class IsExternalInit;
