"""A soak: very many random lives in bad weather, under rules that change; then each is told again from its journal."""
